#ifndef WB_CONVOLUTION_CODED_H
#define WB_CONVOLUTION_CODED_H

#include <stdint.h>

#include "channels.h"
#include "coded.h"
#include "window.h"

/* A convolution whose weights are coded; zeros left out cost nothing but their bits. buffer: a block of windows. */
void wb_convolution_coded(const struct wb_window *window, const struct wb_coded *coded,
                          const struct wb_channels *channels, const uint8_t *input, uint8_t *output, int16_t *buffer);

#endif
