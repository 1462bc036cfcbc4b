/* FULLY_CONNECTED with any quantization, in little code. */
#include "fully_connected_general.h"

#define TOGETHER 4

void wb_fully_connected_general(const int8_t *weights, const struct wb_channels *channels, int32_t rows, int32_t depth,
                                int32_t backwards, const uint8_t *input, uint8_t *output)
{
    const int32_t blocks = (channels->count + TOGETHER - 1) / TOGETHER;
    const int32_t turns = rows * blocks;
    int32_t turn, place, k;

    for (turn = 0; turn < turns; turn++) {
        const int32_t now = backwards ? turns - 1 - turn : turn;
        const int32_t row = now / blocks;
        const int32_t first = (now - row * blocks) * TOGETHER;
        const int32_t left = channels->count - first;
        const int32_t count = left < TOGETHER ? left : TOGETHER;
        const uint8_t *from = input + row * depth;
        uint8_t held[TOGETHER]; /* the output may lie on the input: it is written when all have read */

        for (place = 0; place < count; place++) {
            const int8_t *weight = weights + (first + place) * depth;
            uint32_t sum = (uint32_t)channels->bias[first + place]; /* wraps at 32 bits, as on the device */

            for (k = 0; k < depth; k++) {
                sum += (uint32_t)(weight[k] * from[k]);
            }
            held[place] = wb_channels_activation(channels, first + place, sum);
        }
        for (place = 0; place < count; place++) {
            output[row * channels->count + first + place] = held[place];
        }
    }
}
