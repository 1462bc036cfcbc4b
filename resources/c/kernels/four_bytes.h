/* Four bytes at once. */
#ifndef WB_FOUR_BYTES_H
#define WB_FOUR_BYTES_H

#include <stdint.h>

#include "compiler.h"
#include "dual.h"

#define WB_EVEN_BYTES 0x00ff00ffu

typedef uint32_t WB_MAY_ALIAS wb_word;

/* The four bytes of a whole word, the first in the lowest place. */
static inline uint32_t wb_four_bytes(const uint8_t *at)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return *(const wb_word *)(const void *)at;
#else
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
#endif
}

/* Both halves of sums, each with an even or an odd byte of a word more. */
static inline uint32_t wb_add_even_bytes(uint32_t sums, uint32_t word)
{
#if WB_DSP
    __asm__("uxtab16 %0, %0, %1" : "+r"(sums) : "r"(word));
    return sums;
#else
    return sums + (word & WB_EVEN_BYTES);
#endif
}

static inline uint32_t wb_add_odd_bytes(uint32_t sums, uint32_t word)
{
#if WB_DSP
    __asm__("uxtab16 %0, %0, %1, ror #8" : "+r"(sums) : "r"(word));
    return sums;
#else
    return sums + (word >> 8 & WB_EVEN_BYTES);
#endif
}

#endif
