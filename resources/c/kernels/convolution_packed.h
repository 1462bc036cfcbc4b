#ifndef WB_CONVOLUTION_PACKED_H
#define WB_CONVOLUTION_PACKED_H

#include <stdint.h>

#include "window.h"

/* A convolution in blocks of four output pixels, two output channels a and b at a time. stream, for each two channels:
 * `pairs` words with a + 256 b of two taps in their halves; then, of a and of b, bias doubled, multiplier and offset;
 * then both shifts, b's in the upper half. Taps are paired as the buffer is filled: in fours 0 2, 1 3 where the input's
 * channels are a multiple of four, else 0 1. buffer: pairs times four words. */
void wb_convolution_packed(const struct wb_window *window, const uint32_t *stream, int32_t pairs, int32_t filters,
                           const uint8_t *input, uint8_t *output, uint32_t *buffer);

#endif
