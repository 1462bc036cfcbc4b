/* Inputs on their way into the buffer of a block of output pixels: [pair of taps][pixel][tap of the pair], half words. */
#ifndef WB_CONVOLUTION_BUFFER_H
#define WB_CONVOLUTION_BUFFER_H

#include <stdint.h>

#include "convolution_block.h"

static inline uint32_t wb_four(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

/* Four taps of one pixel, as two pairs: 0 with 2, 1 with 3. */
static inline void wb_put_four(uint32_t four, uint32_t *to)
{
    to[0] = four & 0x00ff00ffu;
    to[WB_BLOCK_PIXELS] = four >> 8 & 0x00ff00ffu;
}

/* `fours` times four taps of one pixel; returns where the next pair goes. */
static inline uint32_t *wb_put_fours(const uint8_t *from, int32_t fours, uint32_t *to)
{
    for (; fours >= 2; fours -= 2, from += 8, to += 4 * WB_BLOCK_PIXELS) {
        wb_put_four(wb_four(from), to);
        wb_put_four(wb_four(from + 4), to + 2 * WB_BLOCK_PIXELS);
    }
    if (fours > 0) {
        wb_put_four(wb_four(from), to);
        to += 2 * WB_BLOCK_PIXELS;
    }
    return to;
}

#endif
