/* AVERAGE_POOL_2D and MAX_POOL_2D of int16, channel by channel of each output pixel. */
#include "pool_wide.h"

#include "requantize.h"

static int32_t pooled(const struct wb_window *window, const int16_t *plane, int32_t row, int32_t column,
                      int32_t greatest)
{
    int32_t count = 0, sum = 0, most = INT16_MIN, y, x;

    for (y = row < 0 ? 0 : row; y < row + window->kernel_height && y < window->height; y++) {
        for (x = column < 0 ? 0 : column; x < column + window->kernel_width && x < window->width; x++) {
            const int32_t value = plane[(y * window->width + x) * window->channels];

            sum += value;
            most = value > most ? value : most;
            count++;
        }
    }
    return greatest ? most : (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

void wb_pool_wide(const struct wb_window *window, int32_t greatest, int32_t lowest, int32_t highest,
                  const int16_t *input, int16_t *output)
{
    const int32_t plane = window->height * window->width * window->channels;
    int32_t turn, i;

    for (turn = 0; turn < window->pixels; turn++) {
        const int32_t pixel = wb_window_first(window, turn, window->pixels);
        const int32_t line = pixel / window->out_width;
        const int32_t batch = line / window->out_height;
        const int32_t row = (line - batch * window->out_height) * window->stride_down - window->before_down;
        const int32_t column = (pixel - line * window->out_width) * window->stride_across - window->before_across;

        for (i = 0; i < window->channels; i++) {
            const int32_t channel = window->backwards ? window->channels - 1 - i : i;
            const int32_t value = pooled(window, input + batch * plane + channel, row, column, greatest);

            output[pixel * window->channels + channel] = (int16_t)wb_clamp(value, lowest, highest);
        }
    }
}
