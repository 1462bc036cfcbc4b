#ifndef WB_POOL_WORDS_H
#define WB_POOL_WORDS_H

#include <stdint.h>

#include "window.h"

/* wb_average_pool for channels that are a multiple of four, windows of at most 257 pixels, and tensors that lie at whole
 * words. */
void wb_average_pool_words(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                           uint8_t *output);

#endif
