/* CONV_2D of 1x1 at speed: pixels lie one behind the other in the input too. */
#include "pointwise_packed.h"

#include "convolution_gather.h"

void wb_pointwise_packed(wb_block *block, const uint32_t *stream, int32_t channels, int32_t filters, int32_t pixels,
                         int32_t backwards, const uint8_t *input, uint8_t *output, uint32_t *buffer)
{
    const int32_t blocks = (pixels + WB_BLOCK_PIXELS - 1) / WB_BLOCK_PIXELS;
    const struct wb_runs runs = {1, 0, channels >> 2, channels & 3};
    int32_t turn, pixel;

    for (turn = 0; turn < blocks; turn++) {
        const int32_t first = (backwards ? blocks - 1 - turn : turn) * WB_BLOCK_PIXELS;
        const int32_t left = pixels - first;
        const uint8_t *const from = input + first * channels;

        if (left >= WB_BLOCK_PIXELS) {
            wb_gather_four(&runs, from, channels, buffer);
        } else {
            for (pixel = 0; pixel < left; pixel++) {
                wb_gather_one(&runs, from + pixel * channels, buffer + pixel);
            }
        }
        block(stream, buffer, (channels + 1) >> 1, output + first * filters, filters,
              left < WB_BLOCK_PIXELS ? left : WB_BLOCK_PIXELS);
    }
}
