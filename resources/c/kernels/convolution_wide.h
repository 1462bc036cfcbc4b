#ifndef WB_CONVOLUTION_WIDE_H
#define WB_CONVOLUTION_WIDE_H

#include <stdint.h>

#include "wide.h"
#include "window.h"

/* CONV_2D of int16. weights: [filter][row][column][channel]; buffer: a block of windows. */
void wb_convolution_wide(const struct wb_window *window, const int8_t *weights, const struct wb_wide *wide,
                         const int16_t *input, int16_t *output, int16_t *buffer);

#endif
