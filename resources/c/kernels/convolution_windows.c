/* CONV_2D at speed in blocks of fewer than four pixels: less scratch, or less than four pixels in all. */
#include "convolution_windows.h"

#include "four_bytes.h"

/* count inputs that lie side by side, all at whole words if in_words. */
static uint8_t *copy(const uint8_t *from, int32_t count, int in_words, uint8_t *to)
{
    if (in_words) {
        for (; count > 0; count -= 4, from += 4, to += 4) {
            wb_put_four_bytes(to, wb_four_bytes(from));
        }
    }
    for (; count > 0; count--) {
        *to++ = *from++;
    }
    return to;
}

static uint8_t *fill(uint32_t padding, int32_t count, uint8_t *to)
{
    for (; count > 0; count--) {
        *to++ = (uint8_t)padding;
    }
    return to;
}

static void gather(const struct wb_window *window, const struct wb_corner *corner, uint8_t *to)
{
    const int32_t channels = window->channels, dilation = window->dilation_across;
    const int32_t together = dilation == 1 ? window->kernel_width : 1; /* pixels that lie side by side */
    const uint32_t padding = (uint32_t)window->zero_point;
    int32_t tap_row, tap_column;

    for (tap_row = 0; tap_row < window->kernel_height; tap_row++) {
        const int32_t row = corner->row + tap_row * window->dilation_down;
        const int32_t width = row >= 0 && row < window->height ? window->width : 0;

        for (tap_column = 0; tap_column < window->kernel_width; tap_column += together) {
            const int32_t column = corner->column + tap_column * dilation;
            const int32_t first = column < 0 ? -column : 0; /* of those together that lies inside the image */
            const int32_t end = column + together > width ? width - column : together;

            if (first >= end) {
                to = fill(padding, together * channels, to);
            } else {
                to = fill(padding, first * channels, to);
                to = copy(corner->image + (row * width + column + first) * channels, (end - first) * channels,
                          channels % 4 == 0, to);
                to = fill(padding, (together - end) * channels, to);
            }
        }
    }
}

void wb_convolution_windows(const struct wb_window *window, const struct wb_dense *dense, const uint8_t *input,
                            uint8_t *output, uint8_t *buffer)
{
    const int32_t turns = (window->pixels + window->block - 1) / window->block;
    const int32_t filters = dense->blocks * 4 + dense->left_over;
    int32_t turn, pixel;

    for (turn = 0; turn < turns; turn++) {
        const int32_t first = wb_window_first(window, turn, turns);
        const int32_t left = window->pixels - first;
        const int32_t pixels = left < window->block ? left : window->block;

        for (pixel = 0; pixel < pixels; pixel++) {
            const struct wb_corner corner = wb_window_corner(window, input, first + pixel);

            gather(window, &corner, buffer + pixel * dense->depth);
        }
        for (pixel = 0; pixel < pixels; pixel++) {
            wb_fully_connected_packed(dense, buffer + pixel * dense->depth, output + (first + pixel) * filters);
        }
    }
}
