/* AVERAGE_POOL_2D and MAX_POOL_2D at speed: four channels at a time. */
#include "pool_words.h"

#include "covered.h"
#include "four_bytes.h"
#include "requantize.h"

#define HALF_RANGE 128 /* stored = q + 128; averages are rounded as those of q */
#define TOGETHER 4

/* What a window covers of each channel: runs of pixels, a step from one to the next. Whole rows are one run. */
struct runs {
    int32_t first, count, apart;
    int32_t length, step;
};

typedef void pool_four(const struct runs *runs, int32_t lowest, int32_t highest, const uint8_t *plane, uint8_t *to);

static struct runs runs_of(const struct wb_window *window, const struct wb_covered *covered)
{
    const int32_t rows = covered->end_row - covered->first_row;
    const int32_t columns = covered->end_column - covered->first_column;
    const int whole = columns == window->width;
    struct runs runs;

    runs.step = window->channels;
    runs.apart = window->width * runs.step;
    runs.first = covered->first_row * runs.apart + covered->first_column * runs.step;
    runs.count = whole ? 1 : rows;
    runs.length = whole ? rows * columns : columns;
    return runs;
}

static uint8_t average(uint32_t sum, int32_t pixels, int32_t lowest, int32_t highest)
{
    const int32_t signed_sum = (int32_t)sum - HALF_RANGE * pixels;
    const int32_t half = signed_sum > 0 ? pixels / 2 : -(pixels / 2);

    return (uint8_t)wb_clamp((signed_sum + half) / pixels + HALF_RANGE, lowest, highest);
}

static void four_averages(const struct runs *runs, int32_t lowest, int32_t highest, const uint8_t *plane, uint8_t *to)
{
    const int32_t pixels = runs->count * runs->length;
    uint32_t even = 0, odd = 0;
    int32_t run, left;

    plane += runs->first;
    for (run = runs->count; run > 0; run--, plane += runs->apart) {
        const uint8_t *from = plane;

        for (left = runs->length; left > 0; left--, from += runs->step) {
            const uint32_t word = wb_four_bytes(from);

            even = wb_add_even_bytes(even, word);
            odd = wb_add_odd_bytes(odd, word);
        }
    }
    to[0] = average(even & 0xffffu, pixels, lowest, highest);
    to[1] = average(odd & 0xffffu, pixels, lowest, highest);
    to[2] = average(even >> 16, pixels, lowest, highest);
    to[3] = average(odd >> 16, pixels, lowest, highest);
}

static void four_maxima(const struct runs *runs, int32_t lowest, int32_t highest, const uint8_t *plane, uint8_t *to)
{
    uint32_t most = (uint32_t)lowest * WB_EACH_BYTE;
    int32_t run, left;

    plane += runs->first;
    for (run = runs->count; run > 0; run--, plane += runs->apart) {
        const uint8_t *from = plane;

        for (left = runs->length; left > 0; left--, from += runs->step) {
            most = wb_greater_bytes(most, wb_four_bytes(from));
        }
    }
    wb_put_four_bytes(to, ~wb_greater_bytes(~most, ~((uint32_t)highest * WB_EACH_BYTE)));
}

static void pool(pool_four *four, const struct wb_window *window, int32_t lowest, int32_t highest,
                 const uint8_t *input, uint8_t *output)
{
    const int32_t step = window->backwards ? -TOGETHER : TOGETHER;
    int32_t turn, left;

    for (turn = 0; turn < window->pixels; turn++) {
        const int32_t pixel = wb_window_first(window, turn, window->pixels);
        const struct wb_corner corner = wb_window_corner(window, input, pixel);
        const struct wb_covered covered = wb_covered_from(window, &corner);
        const struct runs runs = runs_of(window, &covered);
        const int32_t first = window->backwards ? window->channels - TOGETHER : 0;
        const uint8_t *plane = corner.image + first;
        uint8_t *to = output + pixel * window->channels + first;

        for (left = window->channels; left > 0; left -= TOGETHER, plane += step, to += step) {
            four(&runs, lowest, highest, plane, to);
        }
    }
}

void wb_average_pool_words(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                           uint8_t *output)
{
    pool(four_averages, window, lowest, highest, input, output);
}

void wb_max_pool_words(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                       uint8_t *output)
{
    pool(four_maxima, window, lowest, highest, input, output);
}
