#ifndef WB_DEPTHWISE_LINES_H
#define WB_DEPTHWISE_LINES_H

#include <stdint.h>

#include "lines.h"

/* Depthwise convolutions of 3x3, a channel at a time, in place, with a stride of 1 or 2 along a line: the number in the
 * name. relu: the output's zero point as stored is 0. stream, for each channel: for each of three lines of taps k, a word
 * with the bytes k0 k1 k1 k2; then the bias, doubled, the multiplier, and the shift with twice the output's zero point
 * and 1 above it, from bit 8. The bias holds the input's zero point, folded in: padding has its value. ring: three
 * lines of lines->positions. */
void wb_depthwise_1(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                    int16_t *ring);
void wb_depthwise_2(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                    int16_t *ring);
void wb_depthwise_1_relu(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                         int16_t *ring);
void wb_depthwise_2_relu(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                         int16_t *ring);

#endif
