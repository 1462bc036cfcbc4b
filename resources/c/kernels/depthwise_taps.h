#ifndef WB_DEPTHWISE_TAPS_H
#define WB_DEPTHWISE_TAPS_H

#include <stdint.h>

/* The lines of taps under four outputs side by side: where the first one lies and the ring ends, how far the positions
 * under the second to the fourth output lie from those under the first, how many lines of how many taps there are, from
 * one line to the next, and back to the ring's start. */
struct wb_taps {
    const int16_t *first, *end;
    int32_t second, third, fourth;
    int32_t lines, taps, step, ring;
};

/* The sums of weights times positions for each of the four. */
void wb_depthwise_taps(const struct wb_taps *taps, const int8_t *weights, uint32_t *sums);

#endif
