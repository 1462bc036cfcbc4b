/* CONV_2D of int16 activations and int8 weights. */
#include "convolution_wide.h"

/* The window of one output pixel; 0 in the padding. */
static void gather(const struct wb_window *window, const int16_t *input, int32_t pixel, int16_t *to)
{
    const int32_t line = pixel / window->out_width;
    const int32_t batch = line / window->out_height;
    const int32_t first_row = (line - batch * window->out_height) * window->stride_down - window->before_down;
    const int32_t first_column = (pixel - line * window->out_width) * window->stride_across - window->before_across;
    int32_t tap_row, tap_column, channel;

    for (tap_row = 0; tap_row < window->kernel_height; tap_row++) {
        const int32_t row = first_row + tap_row * window->dilation_down;

        for (tap_column = 0; tap_column < window->kernel_width; tap_column++) {
            const int32_t column = first_column + tap_column * window->dilation_across;
            const int inside = row >= 0 && row < window->height && column >= 0 && column < window->width;
            const int16_t *from =
                inside ? input + ((batch * window->height + row) * window->width + column) * window->channels : 0;

            for (channel = 0; channel < window->channels; channel++) {
                *to++ = (int16_t)(inside ? from[channel] : 0);
            }
        }
    }
}

void wb_convolution_wide(const struct wb_window *window, const int8_t *weights, const struct wb_wide *wide,
                         const int16_t *input, int16_t *output, int16_t *buffer)
{
    const int32_t taps = window->kernel_height * window->kernel_width * window->channels;
    const int32_t turns = (window->pixels + window->block - 1) / window->block;
    int32_t turn, pixel, filter, tap;

    for (turn = 0; turn < turns; turn++) {
        const int32_t first = wb_window_first(window, turn, turns);
        const int32_t left = window->pixels - first;
        const int32_t pixels = left < window->block ? left : window->block;
        const int8_t *weight = weights;
        int16_t *to = output + first * wide->count;

        for (pixel = 0; pixel < pixels; pixel++) {
            gather(window, input, first + pixel, buffer + pixel * taps);
        }
        for (filter = 0; filter < wide->count; filter++, weight += taps) {
            for (pixel = 0; pixel < pixels; pixel++) {
                const int16_t *from = buffer + pixel * taps;
                int64_t sum = wb_wide_bias(wide, filter);

                for (tap = 0; tap < taps; tap++) {
                    sum += weight[tap] * from[tap];
                }
                to[pixel * wide->count + filter] = wb_wide_activation(wide, filter, sum);
            }
        }
    }
}
