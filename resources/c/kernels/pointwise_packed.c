/* CONV_2D of 1x1 at speed: pixels lie one behind the other in the input too. */
#include "pointwise_packed.h"

#include "convolution_block.h"
#include "convolution_buffer.h"

static void gather(const uint8_t *from, int32_t channels, uint32_t *to)
{
    const int32_t rest = channels & 3;

    to = wb_put_fours(from, channels >> 2, to);
    from += channels - rest;
    if (rest >= 2) {
        *to = (uint32_t)from[0] | (uint32_t)from[1] << 16;
        to += WB_BLOCK_PIXELS;
    }
    if (rest & 1) {
        *to = from[rest - 1]; /* its partner's weight is 0 */
    }
}

void wb_pointwise_packed(const uint32_t *stream, int32_t channels, int32_t filters, int32_t pixels, int32_t backwards,
                         const uint8_t *input, uint8_t *output, uint32_t *buffer)
{
    const int32_t blocks = (pixels + WB_BLOCK_PIXELS - 1) / WB_BLOCK_PIXELS;
    const int32_t step = backwards ? -WB_BLOCK_PIXELS : WB_BLOCK_PIXELS;
    int32_t first = backwards ? (blocks - 1) * WB_BLOCK_PIXELS : 0;
    int32_t block, pixel;

    for (block = 0; block < blocks; block++, first += step) {
        const int32_t left = pixels - first;
        const int32_t wanted = left < WB_BLOCK_PIXELS ? left : WB_BLOCK_PIXELS;
        const uint8_t *from = input + first * channels;

        for (pixel = 0; pixel < wanted; pixel++, from += channels) {
            gather(from, channels, buffer + pixel);
        }
        wb_convolution_block(stream, buffer, (channels + 1) >> 1, output + first * filters, filters, wanted);
    }
}
