#ifndef WB_POINTWISE_PACKED_H
#define WB_POINTWISE_PACKED_H

#include <stdint.h>

#include "convolution_block.h"

/* A 1x1 convolution with stride 1, in blocks of four output pixels. Taps are paired in fours, 0 2 and 1 3, and the rest
 * 0 1; stream: see convolution_block.h. buffer: four words for each two channels. */
void wb_pointwise_packed(wb_block *block, const uint32_t *stream, int32_t channels, int32_t filters, int32_t pixels,
                         int32_t backwards, const uint8_t *input, uint8_t *output, uint32_t *buffer);

#endif
