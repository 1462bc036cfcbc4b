/* MEAN over the pixels of planes at speed: the sums of four channels in two words. */
#include "mean_words.h"

#include "four_bytes.h"
#include "requantize.h"

#define TOGETHER 4

static uint8_t mean_of(const struct wb_mean *mean, uint32_t sum)
{
    const int32_t value = wb_requantize((int32_t)sum + mean->offset, mean->multiplier, mean->shift);

    return (uint8_t)wb_clamp(value + mean->zero_output, 0, 255);
}

void wb_mean_words(const struct wb_mean *mean, int32_t planes, int32_t pixels, int32_t channels, int32_t backwards,
                   const uint8_t *input, uint8_t *output)
{
    const int32_t fours = channels / TOGETHER, turns = planes * fours;
    int32_t turn, left;

    for (turn = 0; turn < turns; turn++) {
        const int32_t now = backwards ? turns - 1 - turn : turn;
        const int32_t plane = now / fours;
        const uint8_t *from = input + plane * pixels * channels + (now - plane * fours) * TOGETHER;
        uint8_t *to = output + now * TOGETHER;
        uint32_t even = 0, odd = 0;

        for (left = pixels; left > 0; left--, from += channels) {
            const uint32_t word = wb_four_bytes(from);

            even = wb_add_even_bytes(even, word);
            odd = wb_add_odd_bytes(odd, word);
        }
        to[0] = mean_of(mean, even & 0xffffu);
        to[1] = mean_of(mean, odd & 0xffffu);
        to[2] = mean_of(mean, even >> 16);
        to[3] = mean_of(mean, odd >> 16);
    }
}
