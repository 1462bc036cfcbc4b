/* Inputs on their way into the buffer of a block of output pixels: [pair of taps][pixel][tap of the pair], half words. */
#ifndef WB_CONVOLUTION_GATHER_H
#define WB_CONVOLUTION_GATHER_H

#include <stdint.h>

#include "convolution_block.h"

/* A window that lies inside the image: `count` runs of inputs, each `apart` bytes behind the one before it. Of a run,
 * four inputs at a time are paired 0 2, 1 3; what is left of all runs is paired as it comes, behind all fours. */
struct wb_runs {
    int32_t count, apart;
    int32_t fours, ones;
};

/* Where the next single input goes. */
struct wb_ones {
    uint32_t *to;
    int32_t second; /* of a pair */
};

static inline struct wb_ones wb_first_one(const struct wb_runs *runs, uint32_t *buffer)
{
    struct wb_ones ones = {buffer, 0};

    ones.to += runs->count * runs->fours * 2 * WB_BLOCK_PIXELS;
    return ones;
}

static inline void wb_put_one(struct wb_ones *ones, uint32_t value)
{
    if (ones->second) {
        *ones->to |= value << 16;
        ones->to += WB_BLOCK_PIXELS;
    } else {
        *ones->to = value; /* without a second one, that one's weight is 0 */
    }
    ones->second = !ones->second;
}

static inline uint32_t wb_four(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static inline void wb_put_four(uint32_t four, uint32_t *to)
{
    to[0] = four & 0x00ff00ffu;
    to[WB_BLOCK_PIXELS] = four >> 8 & 0x00ff00ffu;
}

/* One pixel's window; buffer: its place in the first pair. */
void wb_gather_one(const struct wb_runs *runs, const uint8_t *from, uint32_t *buffer);

/* Those of a whole block of pixels that are `step` bytes apart. */
void wb_gather_four(const struct wb_runs *runs, const uint8_t *from, int32_t step, uint32_t *buffer);

#endif
