/* Two products at once: one instruction on cores with DSP, the same in C on all others. */
#ifndef WB_DUAL_H
#define WB_DUAL_H

#include <stdint.h>

#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE) && defined(__GNUC__)
#define WB_DSP 1
#else
#define WB_DSP 0
#endif

/* Some kernels in assembly load words from any address. A program that makes such loads trap (CCR.UNALIGN_TRP) is to be
 * compiled with -mno-unaligned-access: C takes their place then. */
#if WB_DSP && defined(__ARM_FEATURE_UNALIGNED)
#define WB_DSP_ANY_ADDRESS 1
#else
#define WB_DSP_ANY_ADDRESS 0
#endif

/* The lower and the upper half of a word, as signed numbers. */
static inline int32_t wb_lower(uint32_t word)
{
    return (int16_t)(word & 0xffffu);
}

static inline int32_t wb_upper(uint32_t word)
{
    return (int16_t)(word >> 16);
}

/* sum + lower(x) * lower(w) + upper(x) * upper(w), wrapping. */
static inline uint32_t wb_dual(uint32_t x, uint32_t w, uint32_t sum)
{
#if WB_DSP
    __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(x), "r"(w));
    return sum;
#else
    return sum + (uint32_t)(wb_lower(x) * wb_lower(w)) + (uint32_t)(wb_upper(x) * wb_upper(w));
#endif
}

/* The low byte of each half, signed, as a half. */
static inline uint32_t wb_low_bytes(uint32_t word)
{
#if WB_DSP
    uint32_t halves;

    __asm__("sxtb16 %0, %1" : "=r"(halves) : "r"(word));
    return halves;
#else
    return ((uint32_t)(int8_t)(word & 0xffu) & 0xffffu) | (uint32_t)(int8_t)(word >> 16 & 0xffu) << 16;
#endif
}

/* offset + round(doubled * factor / 2^32), halves upwards. */
static inline int32_t wb_high_add(int32_t doubled, int32_t factor, int32_t offset)
{
#if WB_DSP
    __asm__("smmlar %0, %1, %2, %3" : "=r"(offset) : "r"(doubled), "r"(factor), "r"(offset));
    return offset;
#else
    return offset + (int32_t)(((int64_t)doubled * factor + ((int64_t)1 << 31)) >> 32);
#endif
}

/* Held within 0..255. */
static inline uint8_t wb_byte(int32_t value)
{
#if WB_DSP
    __asm__("usat %0, #8, %1" : "=r"(value) : "r"(value));
    return (uint8_t)value;
#else
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
#endif
}

/* The activation of a doubled sum, bias included: as wb_channels_activation where packed weights are used.
 * offset is the zero point times 2^shift, and half of 2^shift more; shift from 1. */
static inline uint8_t wb_packed_activation(uint32_t doubled, int32_t factor, int32_t offset, int32_t shift)
{
    const int32_t sum = (int32_t)doubled;

    return wb_byte(wb_high_add(sum, factor, offset + (sum >> 31)) >> shift);
}

#endif
