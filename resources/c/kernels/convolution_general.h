#ifndef WB_CONVOLUTION_GENERAL_H
#define WB_CONVOLUTION_GENERAL_H

#include <stdint.h>

#include "channels.h"
#include "window.h"

/* A convolution with any quantization. weights: [filter][row][column][channel]; buffer: a block of windows. */
void wb_convolution_general(const struct wb_window *window, const int8_t *weights, const struct wb_channels *channels,
                            const uint8_t *input, uint8_t *output, int16_t *buffer);

#endif
