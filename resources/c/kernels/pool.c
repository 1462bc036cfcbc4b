/* AVERAGE_POOL_2D and MAX_POOL_2D, channel by channel of each output pixel. */
#include "pool.h"

#include "covered.h"
#include "requantize.h"

#define HALF_RANGE 128 /* stored = q + 128; averages are rounded as those of q */

/* What a window covers of a channel becomes one value. */
typedef int32_t pooled(const struct wb_window *window, const struct wb_covered *covered, const uint8_t *plane);

static int32_t average(const struct wb_window *window, const struct wb_covered *covered, const uint8_t *plane)
{
    const int32_t count = wb_covered_pixels(covered);
    int32_t row, column, sum = -HALF_RANGE * count;

    for (row = covered->first_row; row < covered->end_row; row++) {
        const uint8_t *from = plane + (row * window->width + covered->first_column) * window->channels;

        for (column = covered->first_column; column < covered->end_column; column++, from += window->channels) {
            sum += *from;
        }
    }
    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count + HALF_RANGE;
}

static int32_t maximum(const struct wb_window *window, const struct wb_covered *covered, const uint8_t *plane)
{
    int32_t row, column, most = 0;

    for (row = covered->first_row; row < covered->end_row; row++) {
        const uint8_t *from = plane + (row * window->width + covered->first_column) * window->channels;

        for (column = covered->first_column; column < covered->end_column; column++, from += window->channels) {
            most = *from > most ? *from : most;
        }
    }
    return most;
}

static void pool(pooled *of_channel, const struct wb_window *window, int32_t lowest, int32_t highest,
                 const uint8_t *input, uint8_t *output)
{
    int32_t turn, i;

    for (turn = 0; turn < window->pixels; turn++) {
        const int32_t pixel = wb_window_first(window, turn, window->pixels);
        const struct wb_corner corner = wb_window_corner(window, input, pixel);
        const struct wb_covered covered = wb_covered_from(window, &corner);

        for (i = 0; i < window->channels; i++) {
            const int32_t channel = window->backwards ? window->channels - 1 - i : i;

            output[pixel * window->channels + channel] =
                (uint8_t)wb_clamp(of_channel(window, &covered, corner.image + channel), lowest, highest);
        }
    }
}

void wb_average_pool(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                     uint8_t *output)
{
    pool(average, window, lowest, highest, input, output);
}

void wb_max_pool(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                 uint8_t *output)
{
    pool(maximum, window, lowest, highest, input, output);
}
