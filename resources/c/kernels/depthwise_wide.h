#ifndef WB_DEPTHWISE_WIDE_H
#define WB_DEPTHWISE_WIDE_H

#include <stdint.h>

#include "lines.h"
#include "wide.h"

/* DEPTHWISE_CONV_2D of int16. weights: [channel][tap across lines][tap along a line]. */
void wb_depthwise_wide(const struct wb_lines *lines, const int8_t *weights, const struct wb_wide *wide,
                       const int16_t *input, int16_t *output, int16_t *ring);

#endif
