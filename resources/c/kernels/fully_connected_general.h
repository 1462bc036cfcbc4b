#ifndef WB_FULLY_CONNECTED_GENERAL_H
#define WB_FULLY_CONNECTED_GENERAL_H

#include <stdint.h>

#include "channels.h"

/* Dense rows with any quantization. weights: [output][depth]; the bias holds the input's zero point, folded in. */
void wb_fully_connected_general(const int8_t *weights, const struct wb_channels *channels, int32_t rows, int32_t depth,
                                int32_t backwards, const uint8_t *input, uint8_t *output);

#endif
