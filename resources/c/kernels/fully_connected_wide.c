/* FULLY_CONNECTED of int16 activations and int8 weights. */
#include "fully_connected_wide.h"

#define TOGETHER 4

void wb_fully_connected_wide(const int8_t *weights, const struct wb_wide *wide, int32_t rows, int32_t depth,
                             int32_t backwards, const int16_t *input, int16_t *output)
{
    const int32_t blocks = (wide->count + TOGETHER - 1) / TOGETHER;
    const int32_t turns = rows * blocks;
    int32_t turn, place, k;

    for (turn = 0; turn < turns; turn++) {
        const int32_t now = backwards ? turns - 1 - turn : turn;
        const int32_t row = now / blocks;
        const int32_t first = (now - row * blocks) * TOGETHER;
        const int32_t left = wide->count - first;
        const int32_t count = left < TOGETHER ? left : TOGETHER;
        const int16_t *from = input + row * depth;
        int16_t held[TOGETHER]; /* the output may lie on the input: it is written when all have read */

        for (place = 0; place < count; place++) {
            const int8_t *weight = weights + (first + place) * depth;
            int64_t sum = wb_wide_bias(wide, first + place);

            for (k = 0; k < depth; k++) {
                sum += weight[k] * from[k];
            }
            held[place] = wb_wide_activation(wide, first + place, sum);
        }
        for (place = 0; place < count; place++) {
            output[row * wide->count + first + place] = held[place];
        }
    }
}
