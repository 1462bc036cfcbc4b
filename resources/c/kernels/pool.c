/* AVERAGE_POOL_2D and MAX_POOL_2D, channel by channel of each output pixel. */
#include "pool.h"

#include "requantize.h"

#define HALF_RANGE 128 /* stored = q + 128; averages are rounded as those of q */

/* The rows and columns of one window that lie inside the input. */
struct wb_covered {
    int32_t first_row, end_row, first_column, end_column;
};

static int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t less(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static struct wb_covered covered_from(const struct wb_window *window, const struct wb_corner *corner)
{
    struct wb_covered covered;

    covered.first_row = greater(corner->row, 0);
    covered.end_row = less(corner->row + window->kernel_height, window->height);
    covered.first_column = greater(corner->column, 0);
    covered.end_column = less(corner->column + window->kernel_width, window->width);
    return covered;
}

static int32_t average(const struct wb_window *window, const struct wb_covered *covered, const uint8_t *plane)
{
    const int32_t count =
        (covered->end_row - covered->first_row) * (covered->end_column - covered->first_column);
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
            most = greater(most, *from);
        }
    }
    return most;
}

void wb_average_pool(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                     uint8_t *output)
{
    int32_t turn, i;

    for (turn = 0; turn < window->pixels; turn++) {
        const int32_t pixel = wb_window_first(window, turn, window->pixels);
        const struct wb_corner corner = wb_window_corner(window, input, pixel);
        const struct wb_covered covered = covered_from(window, &corner);

        for (i = 0; i < window->channels; i++) {
            const int32_t channel = window->backwards ? window->channels - 1 - i : i;

            output[pixel * window->channels + channel] =
                (uint8_t)wb_clamp(average(window, &covered, corner.image + channel), lowest, highest);
        }
    }
}

void wb_max_pool(const struct wb_window *window, int32_t lowest, int32_t highest, const uint8_t *input,
                 uint8_t *output)
{
    int32_t turn, i;

    for (turn = 0; turn < window->pixels; turn++) {
        const int32_t pixel = wb_window_first(window, turn, window->pixels);
        const struct wb_corner corner = wb_window_corner(window, input, pixel);
        const struct wb_covered covered = covered_from(window, &corner);

        for (i = 0; i < window->channels; i++) {
            const int32_t channel = window->backwards ? window->channels - 1 - i : i;

            output[pixel * window->channels + channel] =
                (uint8_t)wb_clamp(maximum(window, &covered, corner.image + channel), lowest, highest);
        }
    }
}
