#ifndef WB_DEPTHWISE_GENERAL_H
#define WB_DEPTHWISE_GENERAL_H

#include <stdint.h>

#include "channels.h"
#include "lines.h"

/* A depthwise convolution with any kernel, dilation, multiplier and quantization. weights: [channel][tap across lines]
 * [tap along a line]; ring: lines->ring lines of lines->positions. */
void wb_depthwise_general(const struct wb_lines *lines, const int8_t *weights, const struct wb_channels *channels,
                          const uint8_t *input, uint8_t *output, int16_t *ring);

#endif
