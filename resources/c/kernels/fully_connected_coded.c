/* FULLY_CONNECTED whose weights are coded. */
#include "fully_connected_coded.h"

#define TOGETHER 4

/* One output's sum; `bytes` and `bitmap` are constants wherever this is called. */
static inline uint32_t sum_of(const struct wb_coded *coded, struct wb_coded_place *at, const uint8_t *from, int bitmap,
                              int bytes)
{
    struct wb_coded_place place = *at;
    const int32_t bits = coded->bits;
    uint32_t held = WB_NONE_HELD;
    int32_t sum = 0, left;

    if (bitmap) {
        for (left = coded->taps; left > 0; left -= 32, from += 32) {
            uint32_t taps = *place.bitmap++;

            while (taps) {
                const int32_t tap = wb_leading_zeros(taps);

                sum += wb_coded_weight(&place, &held, bits, bytes) * from[tap];
                taps &= ~(0x80000000u >> tap);
            }
        }
    } else {
        left = coded->taps;
        if (bits == 4) {
            for (; left > 1; left -= 2, from += 2) {
                const uint32_t two = *place.values++;

                sum += place.palette[two >> 4] * from[0] + place.palette[two & 15u] * from[1];
            }
        } else if (bits == 2) {
            for (; left > 3; left -= 4, from += 4) {
                const uint32_t four = *place.values++;

                sum += place.palette[four >> 6] * from[0] + place.palette[four >> 4 & 3u] * from[1];
                sum += place.palette[four >> 2 & 3u] * from[2] + place.palette[four & 3u] * from[3];
            }
        }
        for (; left > 0; left--) {
            sum += wb_coded_weight(&place, &held, bits, bytes) * *from++;
        }
    }
    *at = place;
    return (uint32_t)sum;
}

static uint32_t coded_sum(const struct wb_coded *coded, struct wb_coded_place *at, const uint8_t *from)
{
    if (!coded->bitmap) {
        return sum_of(coded, at, from, 0, 0);
    }
    return coded->palette ? sum_of(coded, at, from, 1, 0) : sum_of(coded, at, from, 1, 1);
}

void wb_fully_connected_coded(const struct wb_coded *coded, const struct wb_channels *channels, int32_t rows,
                              int32_t backwards, const uint8_t *input, uint8_t *output)
{
    const int32_t blocks = (channels->count + TOGETHER - 1) / TOGETHER;
    int32_t turn, block, k;

    for (turn = 0; turn < rows; turn++) {
        const int32_t row = backwards ? rows - 1 - turn : turn;
        struct wb_coded_place place = wb_coded_start(coded);

        for (block = 0; block < blocks; block++) {
            const int32_t first = (backwards ? blocks - 1 - block : block) * TOGETHER;
            const int32_t left = channels->count - first;
            const int32_t count = left < TOGETHER ? left : TOGETHER;
            uint8_t held[TOGETHER]; /* the output may lie on the input: it is written when all have read */

            for (k = 0; k < count; k++, place.palette += coded->palette_step) {
                const uint32_t sum = coded_sum(coded, &place, input + row * coded->taps);

                held[k] = wb_channels_activation(channels, first + k, sum + (uint32_t)channels->bias[first + k]);
            }
            for (k = 0; k < count; k++) {
                output[row * channels->count + first + k] = held[k];
            }
        }
    }
}
