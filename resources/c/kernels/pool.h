#ifndef WB_POOL_H
#define WB_POOL_H

#include <stdint.h>

#include "window.h"

/* The average, halves away from zero, or the maximum of what a window covers, between lowest and highest as stored.
 * Padding does not count. */
void wb_average_pool(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                     uint8_t *output);
void wb_max_pool(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                 uint8_t *output);

#endif
