/* CONV_2D whose weights are coded: each is read once for a block of output pixels. */
#include "convolution_coded.h"

#include "compiler.h"
#include "dual.h"

#define PIXELS 4
#define WORDS (PIXELS / 2) /* of a tap in the buffer */

typedef uint32_t WB_MAY_ALIAS two_pixels;

/* The window of one output pixel, less the zero point, into one of the block's columns; 0 in the padding. */
static void gather(const struct wb_window *window, const uint8_t *input, int32_t pixel, int16_t *to)
{
    const struct wb_corner corner = wb_window_corner(window, input, pixel);
    const int32_t step = window->block;
    int32_t tap_row, tap_column, channel;

    for (tap_row = 0; tap_row < window->kernel_height; tap_row++) {
        const int32_t row = corner.row + tap_row * window->dilation_down;

        for (tap_column = 0; tap_column < window->kernel_width; tap_column++) {
            const int32_t column = corner.column + tap_column * window->dilation_across;
            const int inside = row >= 0 && row < window->height && column >= 0 && column < window->width;
            const uint8_t *from = inside ? corner.image + (row * window->width + column) * window->channels : 0;

            for (channel = 0; channel < window->channels; channel++, to += step) {
                *to = (int16_t)(inside ? from[channel] - window->zero_point : 0);
            }
        }
    }
}

/* One tap of four pixels, times its weight. */
static inline void add_tap(int32_t *sums, const two_pixels *from, int32_t weight)
{
    const uint32_t first = from[0], second = from[1];

    sums[0] += weight * wb_lower(first);
    sums[1] += weight * wb_upper(first);
    sums[2] += weight * wb_lower(second);
    sums[3] += weight * wb_upper(second);
}

/* Sums of one filter for four pixels; `bytes` and `bitmap` are constants wherever this is called. */
static inline void sums_of(const struct wb_coded *coded, struct wb_coded_place *at, const two_pixels *from,
                           int32_t *to, int bitmap, int bytes)
{
    struct wb_coded_place place = *at;
    const int32_t bits = coded->bits;
    uint32_t held = WB_NONE_HELD;
    int32_t sums[PIXELS] = {0, 0, 0, 0}, left = coded->taps;

    if (bitmap) {
        for (; left > 0; left -= 32, from += 32 * WORDS) {
            uint32_t taps = *place.bitmap++;

            while (taps) {
                const int32_t tap = wb_leading_zeros(taps);

                add_tap(sums, from + tap * WORDS, wb_coded_weight(&place, &held, bits, bytes));
                taps &= ~(0x80000000u >> tap);
            }
        }
    } else {
        if (bits == 4) {
            for (; left > 1; left -= 2, from += 2 * WORDS) {
                const uint32_t two = *place.values++;

                add_tap(sums, from, place.palette[two >> 4]);
                add_tap(sums, from + WORDS, place.palette[two & 15u]);
            }
        } else if (bits == 2) {
            for (; left > 3; left -= 4, from += 4 * WORDS) {
                const uint32_t four = *place.values++;

                add_tap(sums, from, place.palette[four >> 6]);
                add_tap(sums, from + WORDS, place.palette[four >> 4 & 3u]);
                add_tap(sums, from + 2 * WORDS, place.palette[four >> 2 & 3u]);
                add_tap(sums, from + 3 * WORDS, place.palette[four & 3u]);
            }
        }
        for (; left > 0; left--, from += WORDS) {
            add_tap(sums, from, wb_coded_weight(&place, &held, bits, bytes));
        }
    }
    *at = place;
    to[0] = sums[0], to[1] = sums[1], to[2] = sums[2], to[3] = sums[3];
}

static void coded_sums(const struct wb_coded *coded, struct wb_coded_place *at, const int16_t *buffer, int32_t *sums)
{
    const two_pixels *from = (const two_pixels *)(const void *)buffer;

    if (!coded->bitmap) {
        sums_of(coded, at, from, sums, 0, 0);
    } else if (coded->palette) {
        sums_of(coded, at, from, sums, 1, 0);
    } else {
        sums_of(coded, at, from, sums, 1, 1);
    }
}

/* The sum of one filter for one of the pixels of a smaller block. */
static int32_t sum_of(const struct wb_coded *coded, struct wb_coded_place *at, const int16_t *from, int32_t step)
{
    struct wb_coded_place place = *at;
    uint32_t held = WB_NONE_HELD, taps = 0;
    int32_t sum = 0, tap;

    for (tap = 0; tap < coded->taps; tap++, from += step, taps <<= 1) {
        if (tap % 32 == 0) {
            taps = coded->bitmap ? *place.bitmap++ : 0xffffffffu;
        }
        if (taps >> 31) {
            sum += wb_coded_weight(&place, &held, coded->bits, !coded->palette) * *from;
        }
    }
    *at = place;
    return sum;
}

static void few_sums(const struct wb_coded *coded, struct wb_coded_place *at, const int16_t *from, int32_t pixels,
                     int32_t *sums)
{
    const struct wb_coded_place start = *at;
    int32_t pixel;

    for (pixel = 0; pixel < pixels; pixel++) {
        *at = start;
        sums[pixel] = sum_of(coded, at, from + pixel, pixels);
    }
}

void wb_convolution_coded(const struct wb_window *window, const struct wb_coded *coded,
                          const struct wb_channels *channels, const uint8_t *input, uint8_t *output, int16_t *buffer)
{
    const int32_t turns = (window->pixels + window->block - 1) / window->block;
    int32_t turn, pixel, filter;

    for (turn = 0; turn < turns; turn++) {
        const int32_t first = wb_window_first(window, turn, turns);
        const int32_t left = window->pixels - first;
        const int32_t pixels = left < window->block ? left : window->block;
        struct wb_coded_place place = wb_coded_start(coded);
        uint8_t *to = output + first * channels->count;

        for (pixel = 0; pixel < pixels; pixel++) {
            gather(window, input, first + pixel, buffer + pixel);
        }
        for (filter = 0; filter < channels->count; filter++, place.palette += coded->palette_step) {
            int32_t sums[PIXELS];

            if (window->block == PIXELS) {
                coded_sums(coded, &place, buffer, sums);
            } else {
                few_sums(coded, &place, buffer, window->block, sums);
            }
            for (pixel = 0; pixel < pixels; pixel++) {
                to[pixel * channels->count + filter] = wb_channels_activation(
                    channels, filter, (uint32_t)sums[pixel] + (uint32_t)channels->bias[filter]);
            }
        }
    }
}
