#ifndef WB_SLOPES_WIDE_H
#define WB_SLOPES_WIDE_H

#include <stdint.h>

/* One factor for values from 0 up, another one below, each a multiplier and a shift; then held within limits. */
struct wb_slopes_wide {
    int32_t multiplier, multiplier_below;
    int8_t shift, shift_below;
    int16_t lowest, highest;
};

/* RELU, RELU6 and LEAKY_RELU of int16, whose zero points are 0. */
void wb_slopes_wide(const struct wb_slopes_wide *slopes, int32_t count, int32_t backwards, const int16_t *input,
                    int16_t *output);

#endif
