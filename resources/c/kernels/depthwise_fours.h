#ifndef WB_DEPTHWISE_FOURS_H
#define WB_DEPTHWISE_FOURS_H

#include <stdint.h>

#include "lines.h"

/* A depthwise convolution of any size without dilation along its lines. weights: [filter][tap across lines][tap along a
 * line]. constants, for each filter: bias, doubled; multiplier; the shift with twice the output's zero point and 1 above
 * it, from bit 8. The bias holds the input's zero point, folded in: padding has its value. */
void wb_depthwise_fours(const struct wb_lines *lines, const int8_t *weights, const uint32_t *constants,
                        const uint8_t *input, uint8_t *output, int16_t *ring);

#endif
