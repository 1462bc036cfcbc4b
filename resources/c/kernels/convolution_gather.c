/* Windows inside an image, into the buffer of a block; convolution_gather_dsp.S does four at a time. */
#include "convolution_gather.h"

#include "dual.h"

void wb_gather_one(const struct wb_runs *runs, const uint8_t *from, uint32_t *buffer)
{
    struct wb_ones ones = wb_first_one(runs, buffer);
    int32_t run, i;

    for (run = runs->count; run > 0; run--, from += runs->apart) {
        const uint8_t *next = from;

        for (i = runs->fours; i > 0; i--, next += 4, buffer += 2 * WB_BLOCK_PIXELS) {
            wb_put_four(wb_four(next), buffer);
        }
        for (i = 0; i < runs->ones; i++) {
            wb_put_one(&ones, next[i]);
        }
    }
}

#if !WB_DSP_ANY_ADDRESS

void wb_gather_four(const struct wb_runs *runs, const uint8_t *from, int32_t step, uint32_t *buffer)
{
    int32_t pixel;

    for (pixel = 0; pixel < WB_BLOCK_PIXELS; pixel++, from += step) {
        wb_gather_one(runs, from, buffer + pixel);
    }
}

#endif
