/* DEPTHWISE_CONV_2D of int16 activations and int8 weights: a channel at a time, in place. */
#include "depthwise_wide.h"

static int64_t sum_of(const struct wb_lines *lines, const int16_t *ring, const int8_t *weight, int32_t first, int32_t at)
{
    int64_t sum = 0;
    int32_t tap, along;

    for (tap = 0; tap < lines->taps; tap++, weight += lines->taps_along) {
        const int32_t line = first + tap * lines->dilation;
        const int16_t *from;

        if (line < 0 || line >= lines->lines) {
            continue; /* padding */
        }
        from = ring + line % lines->ring * lines->positions + at;
        for (along = 0; along < lines->taps_along; along++) {
            sum += weight[along] * from[along * lines->dilation_along];
        }
    }
    return sum;
}

static void channel_of(const struct wb_lines *lines, const int8_t *weights, const struct wb_wide *wide,
                       int32_t channel, const int16_t *from, int16_t *to, int16_t *ring)
{
    const int32_t taps = lines->taps * lines->taps_along;
    int32_t out_line, position, loaded = 0, number;

    for (out_line = 0; out_line < lines->out_lines; out_line++) {
        const int32_t first = out_line * lines->stride - lines->before;
        const int32_t end = first + (lines->taps - 1) * lines->dilation + 1;

        for (; loaded < end && loaded < lines->lines; loaded++) {
            int16_t *held = ring + loaded % lines->ring * lines->positions + lines->before_along;

            for (position = 0; position < lines->length; position++) {
                held[position] = from[loaded * lines->line_step + position * lines->position_step];
            }
        }
        for (position = 0; position < lines->out_length; position++) {
            int16_t *out = to + out_line * lines->out_line_step + position * lines->out_position_step;

            for (number = 0; number < lines->multiplier; number++) {
                const int32_t filter = channel * lines->multiplier + number;
                const int64_t sum = sum_of(lines, ring, weights + filter * taps, first, position * lines->stride_along);

                out[filter] = wb_wide_activation(wide, filter, sum + wb_wide_bias(wide, filter));
            }
        }
    }
}

void wb_depthwise_wide(const struct wb_lines *lines, const int8_t *weights, const struct wb_wide *wide,
                       const int16_t *input, int16_t *output, int16_t *ring)
{
    const int32_t plane = lines->lines * lines->length * lines->channels;
    const int32_t out_plane = lines->out_lines * lines->out_length * wide->count;
    int32_t batch, channel, place;

    for (place = 0; place < lines->ring * lines->positions; place++) {
        ring[place] = 0; /* the padding of each line stays */
    }
    for (batch = 0; batch < lines->batches; batch++) {
        for (channel = 0; channel < lines->channels; channel++) {
            channel_of(lines, weights, wide, channel, input + batch * plane + channel, output + batch * out_plane,
                       ring);
        }
    }
}
