#ifndef WB_DEPTHWISE_PACKED_H
#define WB_DEPTHWISE_PACKED_H

#include <stdint.h>

#include "lines.h"

/* A depthwise convolution of 3x3 with stride 1 or 2 along a line. stream, for each channel: for each of three lines of
 * taps k, the words k0 k1 and k1 k2; then bias doubled, multiplier, offset and shift. ring: three lines of
 * lines->positions. */
void wb_depthwise_packed(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                         int16_t *ring);

#endif
