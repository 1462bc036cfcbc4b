/* CONV_2D with any quantization, in little code: the plain layout of the weights, and full requantization. */
#include "convolution_general.h"

/* The window of one output pixel, less the zero point; 0 in the padding. */
static void gather(const struct wb_window *window, const uint8_t *input, int32_t pixel, int16_t *to)
{
    const struct wb_corner corner = wb_window_corner(window, input, pixel);
    int32_t tap_row, tap_column, channel;

    for (tap_row = 0; tap_row < window->kernel_height; tap_row++) {
        const int32_t row = corner.row + tap_row * window->dilation_down;

        for (tap_column = 0; tap_column < window->kernel_width; tap_column++) {
            const int32_t column = corner.column + tap_column * window->dilation_across;
            const int inside = row >= 0 && row < window->height && column >= 0 && column < window->width;
            const uint8_t *from = inside ? corner.image + (row * window->width + column) * window->channels : 0;

            for (channel = 0; channel < window->channels; channel++) {
                *to++ = (int16_t)(inside ? from[channel] - window->zero_point : 0);
            }
        }
    }
}

void wb_convolution_general(const struct wb_window *window, const int8_t *weights, const struct wb_channels *channels,
                            const uint8_t *input, uint8_t *output, int16_t *buffer)
{
    const int32_t taps = window->kernel_height * window->kernel_width * window->channels;
    const int32_t turns = (window->pixels + window->block - 1) / window->block;
    int32_t turn, pixel, filter;

    for (turn = 0; turn < turns; turn++) {
        const int32_t first = wb_window_first(window, turn, turns);
        const int32_t left = window->pixels - first;
        const int32_t pixels = left < window->block ? left : window->block;
        const int8_t *weights_of = weights;
        uint8_t *to = output + first * channels->count;

        for (pixel = 0; pixel < pixels; pixel++) {
            gather(window, input, first + pixel, buffer + pixel * taps);
        }
        for (filter = 0; filter < channels->count; filter++, weights_of += taps) {
            /* Two pixels at a time; where one is left over, it takes the second one's place too. */
            for (pixel = 0; pixel < pixels; pixel += 2) {
                const int32_t other = pixel + 1 < pixels ? pixel + 1 : pixel;
                const int16_t *from = buffer + pixel * taps, *from_other = buffer + other * taps;
                const int8_t *weight;
                uint32_t sum = (uint32_t)channels->bias[filter]; /* wraps at 32 bits, as on the device */
                uint32_t sum_other = sum;

                for (weight = weights_of; weight != weights_of + taps; weight++) {
                    sum += (uint32_t)(*weight * *from++);
                    sum_other += (uint32_t)(*weight * *from_other++);
                }
                to[pixel * channels->count + filter] = wb_channels_activation(channels, filter, sum);
                to[other * channels->count + filter] = wb_channels_activation(channels, filter, sum_other);
            }
        }
    }
}
