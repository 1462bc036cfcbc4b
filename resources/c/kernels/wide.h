/* From the sums of output channels to int16 activations, whose zero point is 0. */
#ifndef WB_WIDE_H
#define WB_WIDE_H

#include <stdint.h>

#include "requantize.h"

/* Of each channel: bias in two words, the lower first, multiplier and shift; of all: the output's limits. narrow: sums
 * wrap at 32 bits, and factors have 31. */
struct wb_wide {
    const uint32_t *bias;
    const int32_t *multiplier;
    const int8_t *shift;
    int16_t count, narrow;
    int16_t lowest, highest;
};

static inline int64_t wb_wide_bias(const struct wb_wide *wide, int32_t channel)
{
    return (int64_t)((uint64_t)wide->bias[2 * channel] | (uint64_t)wide->bias[2 * channel + 1] << 32);
}

/* A sum of up to 48 bits times a factor that is rounded to 16. */
static inline int32_t wb_wide_requantize(int64_t sum, int32_t multiplier, int32_t shift)
{
    const int64_t factor = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
    const int32_t right = 15 - shift;

    return (int32_t)((sum * factor + ((int64_t)1 << (right - 1))) >> right);
}

/* The activation of a channel's sum, bias included. */
static inline int16_t wb_wide_activation(const struct wb_wide *wide, int32_t channel, int64_t sum)
{
    const int32_t multiplier = wide->multiplier[channel], shift = wide->shift[channel];
    const int32_t value = wide->narrow ? wb_requantize((int32_t)(uint32_t)(uint64_t)sum, multiplier, shift)
                                       : wb_wide_requantize(sum, multiplier, shift);

    return (int16_t)wb_clamp(value, wide->lowest, wide->highest);
}

#endif
