#ifndef WB_FULLY_CONNECTED_WIDE_H
#define WB_FULLY_CONNECTED_WIDE_H

#include <stdint.h>

#include "wide.h"

/* FULLY_CONNECTED of int16; weights: [output][input]. */
void wb_fully_connected_wide(const int8_t *weights, const struct wb_wide *wide, int32_t rows, int32_t depth,
                             int32_t backwards, const int16_t *input, int16_t *output);

#endif
