#ifndef WB_FULLY_CONNECTED_CODED_H
#define WB_FULLY_CONNECTED_CODED_H

#include <stdint.h>

#include "channels.h"
#include "coded.h"

/* A dense layer whose weights are coded, outputs in the order in which they are computed. */
void wb_fully_connected_coded(const struct wb_coded *coded, const struct wb_channels *channels, int32_t rows,
                              int32_t backwards, const uint8_t *input, uint8_t *output);

#endif
