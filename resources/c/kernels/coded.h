/* Weights in less flash: only those that are not 0, and as places in a palette where there are few different ones. */
#ifndef WB_CODED_H
#define WB_CODED_H

#include <stdint.h>

/* Filters one after the other, in the order in which the kernel takes them. bitmap: words of a bit for each of taps, the
 * uppermost first, set where there is a weight; 0 where every tap has one. values: those weights, as bytes, or as places
 * of bits each in a palette, the upper bits of a byte first, a filter from a new byte on. palette_step: values from one
 * filter's palette to the next's; 0 where they share one. */
struct wb_coded {
    const uint32_t *bitmap;
    const uint8_t *values;
    const int8_t *palette;
    int32_t taps;
    int16_t bits, palette_step;
};

/* Where reading stands. */
struct wb_coded_place {
    const uint32_t *bitmap;
    const uint8_t *values;
    const int8_t *palette;
};

/* The places of a byte read last, uppermost first, and a 1 behind them. */
#define WB_NONE_HELD 0x80000000u

static inline int32_t wb_leading_zeros(uint32_t word)
{
#if defined(__ARM_FEATURE_CLZ) && defined(__GNUC__)
    return __builtin_clz(word);
#else
    int32_t zeros = 0, step;

    for (step = 16; step > 0; step >>= 1) {
        if (word >> (32 - step) == 0) {
            word <<= step;
            zeros += step;
        }
    }
    return zeros;
#endif
}

static inline struct wb_coded_place wb_coded_start(const struct wb_coded *coded)
{
    const struct wb_coded_place place = {coded->bitmap, coded->values, coded->palette};

    return place;
}

/* The next weight: a byte, or by its place of `bits` in a palette. */
static inline int32_t wb_coded_weight(struct wb_coded_place *place, uint32_t *held, int32_t bits, int bytes)
{
    uint32_t found;

    if (bytes) {
        return (int8_t)*place->values++;
    }
    if (*held == WB_NONE_HELD) {
        *held = (uint32_t)*place->values++ << 24 | WB_NONE_HELD >> 8;
    }
    found = *held >> (32 - bits);
    *held <<= bits;
    return place->palette[found];
}

#endif
