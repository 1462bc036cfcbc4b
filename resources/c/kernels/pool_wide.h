#ifndef WB_POOL_WIDE_H
#define WB_POOL_WIDE_H

#include <stdint.h>

#include "window.h"

/* AVERAGE_POOL_2D, halves away from zero, or (greatest) MAX_POOL_2D of int16; padding does not count. */
void wb_pool_wide(const struct wb_window *window, int32_t greatest, int32_t lowest, int32_t highest,
                  const int16_t *input, int16_t *output);

#endif
