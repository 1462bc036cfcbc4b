/* CONV_2D at speed in blocks of fewer than four pixels: less scratch, or less than four pixels in all. */
#include "convolution_windows.h"

#include "four_bytes.h"

/* Inputs that lie side by side, or padding where there are none. */
static uint8_t *put(const uint8_t *from, int32_t count, uint32_t padding, uint8_t *to)
{
    int32_t i;

    if (count % 4 == 0) {
        for (i = 0; i < count; i += 4) {
            *(wb_word *)(void *)(to + i) = from ? wb_four_bytes(from + i) : padding * 0x01010101u;
        }
    } else {
        for (i = 0; i < count; i++) {
            to[i] = from ? from[i] : (uint8_t)padding;
        }
    }
    return to + count;
}

static void gather(const struct wb_window *window, const struct wb_corner *corner, uint8_t *to)
{
    const int32_t channels = window->channels, width = window->width;
    const uint32_t padding = (uint32_t)window->zero_point;
    int32_t tap_row, tap_column;

    for (tap_row = 0; tap_row < window->kernel_height; tap_row++) {
        const int32_t row = corner->row + tap_row * window->dilation_down;
        const int is_row = row >= 0 && row < window->height;

        for (tap_column = 0; tap_column < window->kernel_width; tap_column++) {
            const int32_t column = corner->column + tap_column * window->dilation_across;
            const int is_pixel = is_row && column >= 0 && column < width;

            to = put(is_pixel ? corner->image + (row * width + column) * channels : 0, channels, padding, to);
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
