/* Four bytes at once. */
#ifndef WB_FOUR_BYTES_H
#define WB_FOUR_BYTES_H

#include <stdint.h>

#include "compiler.h"
#include "dual.h"

#define WB_EVEN_BYTES 0x00ff00ffu
#define WB_EACH_BYTE 0x01010101u

typedef uint32_t WB_MAY_ALIAS wb_word;

/* The four bytes of a whole word, the first in the lowest place. */
static inline uint32_t wb_four_bytes(const uint8_t *at)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return *(const wb_word *)(const void *)at;
#else
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
#endif
}

static inline void wb_put_four_bytes(uint8_t *at, uint32_t bytes)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    *(wb_word *)(void *)at = bytes;
#else
    at[0] = (uint8_t)bytes, at[1] = (uint8_t)(bytes >> 8), at[2] = (uint8_t)(bytes >> 16), at[3] = (uint8_t)(bytes >> 24);
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

/* The greater one of each two bytes. */
static inline uint32_t wb_greater_bytes(uint32_t a, uint32_t b)
{
#if WB_DSP
    uint32_t difference;

    __asm__("usub8 %1, %2, %0\n\tsel %0, %2, %0" : "+r"(a), "=&r"(difference) : "r"(b) : "cc");
    return a;
#else
    uint32_t greater = 0, byte;

    for (byte = 0xffu; byte != 0; byte <<= 8) {
        greater |= (a & byte) > (b & byte) ? a & byte : b & byte;
    }
    return greater;
#endif
}

#endif
