#ifndef WB_CONVOLUTION_WINDOWS_H
#define WB_CONVOLUTION_WINDOWS_H

#include <stdint.h>

#include "fully_connected_packed.h"
#include "window.h"

/* A convolution as a dense layer of each output pixel's window; dense->rows is 1. Taps are in the input's order, with
 * zeros among the weights up to dense->depth, a multiple of four. buffer: the windows of a block of pixels. */
void wb_convolution_windows(const struct wb_window *window, const struct wb_dense *dense, const uint8_t *input,
                            uint8_t *output, uint8_t *buffer);

#endif
