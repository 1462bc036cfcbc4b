/* The logistic function and tanh in int16, between the values of a table. */
#ifndef WB_SMOOTH_H
#define WB_SMOOTH_H

#include <stdint.h>

/* A number in the steps that the table has, of 1 / 12288, rounded. */
static inline int32_t wb_table_steps(int32_t value, int32_t multiplier, int32_t shift)
{
    return (value * multiplier + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift;
}

/* The logistic function of a number from 0 on, whose place in the table is above its fraction of so many bits; the
 * result has these bits more than the table. */
static inline int32_t wb_between(const uint16_t *table, uint32_t value, int32_t bits, int32_t most)
{
    const uint32_t place = value >> bits;
    const uint32_t rest = value & ((1u << bits) - 1u);

    if (place >= 255) {
        return most;
    }
    return (int32_t)(((uint32_t)table[place] << bits) + rest * (uint32_t)(table[place + 1] - table[place]));
}

/* 1 / (1 + exp(-x)) in steps of 2^-15. */
static inline int32_t wb_logistic_of(int32_t x, const uint16_t *table)
{
    const int32_t y = wb_between(table, (uint32_t)(x < 0 ? -x : x), 9, 0x7fff << 10);

    return (x >= 0 ? y + (1 << 9) : (1 << 25) - y + (1 << 9) - 1) >> 10;
}

/* tanh(x) in steps of 2^-15. */
static inline int32_t wb_tanh_of(int32_t x, const uint16_t *table)
{
    const int32_t y = wb_between(table, (uint32_t)(x < 0 ? -x : x), 8, 0xffff << 8);

    return (x >= 0 ? y - (1 << 23) + (1 << 7) : (1 << 23) - y + (1 << 7) - 1) >> 8;
}

#endif
