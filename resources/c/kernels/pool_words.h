#ifndef WB_POOL_WORDS_H
#define WB_POOL_WORDS_H

#include <stdint.h>

#include "window.h"

/* As the functions of pool.h, for channels that are a multiple of four and tensors that lie at whole words; averages of
 * windows of at most 257 pixels. */
void wb_average_pool_words(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                           uint8_t *output);
void wb_max_pool_words(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                       uint8_t *output);

#endif
