/* AVERAGE_POOL_2D at speed: the sums of four channels in two words. */
#include "pool_words.h"

#include "covered.h"
#include "four_bytes.h"
#include "requantize.h"

#define HALF_RANGE 128 /* stored = q + 128; averages are rounded as those of q */
#define TOGETHER 4

/* The sums of four channels over what a window covers: of the first and third, and of the second and fourth. */
static void four_sums(const struct wb_window *window, const struct wb_covered *covered, const uint8_t *plane,
                      int32_t *sums)
{
    const int32_t step = window->channels, rows = covered->end_row - covered->first_row;
    const int32_t columns = covered->end_column - covered->first_column;
    const int whole = columns == window->width; /* then one row goes on where the last one ends */
    const int32_t length = whole ? rows * columns : columns;
    uint32_t even = 0, odd = 0;
    int32_t row, left;

    for (row = 0; row < (whole ? 1 : rows); row++) {
        const uint8_t *from = plane + ((covered->first_row + row) * window->width + covered->first_column) * step;

        for (left = length; left > 0; left--, from += step) {
            const uint32_t word = wb_four_bytes(from);

            even = wb_add_even_bytes(even, word);
            odd = wb_add_odd_bytes(odd, word);
        }
    }
    sums[0] = (int32_t)(even & 0xffffu);
    sums[1] = (int32_t)(odd & 0xffffu);
    sums[2] = (int32_t)(even >> 16);
    sums[3] = (int32_t)(odd >> 16);
}

void wb_average_pool_words(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                           uint8_t *output)
{
    int32_t turn, first, i;

    for (turn = 0; turn < window->pixels; turn++) {
        const int32_t pixel = wb_window_first(window, turn, window->pixels);
        const struct wb_corner corner = wb_window_corner(window, input, pixel);
        const struct wb_covered covered = wb_covered_from(window, &corner);
        const int32_t count = wb_covered_pixels(&covered);

        for (first = 0; first < window->channels; first += TOGETHER) {
            const int32_t channel = window->backwards ? window->channels - TOGETHER - first : first;
            uint8_t *to = output + pixel * window->channels + channel;
            int32_t sums[TOGETHER];

            four_sums(window, &covered, corner.image + channel, sums);
            for (i = 0; i < TOGETHER; i++) {
                const int32_t sum = sums[i] - HALF_RANGE * count;
                const int32_t average = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;

                to[i] = (uint8_t)wb_clamp(average + HALF_RANGE, lowest, highest);
            }
        }
    }
}
