#ifndef WB_CONVOLUTION_PACKED_H
#define WB_CONVOLUTION_PACKED_H

#include <stdint.h>

#include "convolution_block.h"
#include "window.h"

/* A convolution in blocks of four output pixels. stream: see convolution_block.h. The taps of a kernel row lie side by
 * side in the input, or, dilated across, those of each of its pixels: of each such run fours are paired 0 2 and 1 3; what
 * is left of all runs follows, paired 0 1. buffer: `pairs` times four words. */
void wb_convolution_packed(wb_block *block, const struct wb_window *window, const uint32_t *stream, int32_t pairs,
                           int32_t filters, const uint8_t *input, uint8_t *output, uint32_t *buffer);

#endif
