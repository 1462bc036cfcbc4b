/* Accumulators to activations, with the bits of TensorFlow Lite Micro: rounded twice. */
#ifndef WB_REQUANTIZE_H
#define WB_REQUANTIZE_H

#include <stdint.h>

/* round(value * factor / 2^31), halves upwards. Not both are the least int32, so nothing saturates. */
static inline int32_t wb_high_multiply(int32_t value, int32_t factor)
{
    return (int32_t)(((int64_t)value * factor + ((int64_t)1 << 30)) >> 31);
}

/* round(value / 2^shift), halves away from zero; shift from 0 to 31. */
static inline int32_t wb_shift_right(int32_t value, int32_t shift)
{
    const int32_t mask = (int32_t)(((uint32_t)1 << shift) - 1u);
    const int32_t half = (mask >> 1) + (value < 0 ? 1 : 0);

    return (value >> shift) + ((value & mask) > half ? 1 : 0);
}

/* value * 2^shift, wrapping at 32 bits; shift from 0 to 31. */
static inline int32_t wb_shift_left(int32_t value, int32_t shift)
{
    return (int32_t)((uint32_t)value << shift);
}

/* value * multiplier * 2^(shift - 31); shift from -31 to 31. */
static inline int32_t wb_requantize(int32_t value, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;

    return wb_shift_right(wb_high_multiply(wb_shift_left(value, left), multiplier), right);
}

/* value between lowest and highest. */
static inline int32_t wb_clamp(int32_t value, int32_t lowest, int32_t highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

#endif
