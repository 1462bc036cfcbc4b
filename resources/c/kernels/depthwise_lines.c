/* Depthwise convolutions of 3x3, for cores without DSP; depthwise_lines_dsp.S is for those with it. */
#include "depthwise_lines.h"

#include <stddef.h>

#include "dual.h"

#if WB_DSP

/* depthwise_lines_dsp.S reads these fields where it expects them; it is no array's size otherwise. */
typedef char wb_lines_as_in_assembly[(offsetof(struct wb_lines, line_step) == 0 &&
                                      offsetof(struct wb_lines, out_position_step) == 12 &&
                                      offsetof(struct wb_lines, channels) == 18 &&
                                      offsetof(struct wb_lines, lines) == 22 &&
                                      offsetof(struct wb_lines, out_lines) == 24 &&
                                      offsetof(struct wb_lines, stride) == 28 &&
                                      offsetof(struct wb_lines, before) == 32 &&
                                      offsetof(struct wb_lines, out_length) == 36 &&
                                      offsetof(struct wb_lines, before_along) == 44 &&
                                      offsetof(struct wb_lines, zero_point) == 50)
                                         ? 1
                                         : -1];

#else

#define TAPS 3
#define WORDS 6 /* of a channel in the stream */

/* What a channel's words say. */
struct channel {
    int8_t weights[TAPS][TAPS];
    uint32_t bias;
    int32_t multiplier, offset, shift;
};

static struct channel channel_from(const uint32_t *words)
{
    struct channel channel;
    int32_t tap;

    for (tap = 0; tap < TAPS; tap++) {
        channel.weights[tap][0] = (int8_t)(words[tap] & 0xffu);
        channel.weights[tap][1] = (int8_t)(words[tap] >> 8 & 0xffu);
        channel.weights[tap][2] = (int8_t)(words[tap] >> 24);
    }
    channel.bias = words[3];
    channel.multiplier = (int32_t)words[4];
    channel.shift = (int32_t)(words[5] & 0xffu);
    channel.offset = (int32_t)(words[5] >> 8 << (channel.shift - 1));
    return channel;
}

/* A line of the plane with its padding, or nothing but padding. */
static void load(const struct wb_lines *lines, const uint8_t *plane, int32_t line, int16_t *to)
{
    const int inside = line >= 0 && line < lines->lines;
    const uint8_t *from = inside ? plane + line * lines->line_step : 0;
    int32_t position;

    for (position = 0; position < lines->positions; position++) {
        const int32_t place = position - lines->before_along;

        to[position] = from && place >= 0 && place < lines->length ? from[place * lines->position_step] : lines->zero_point;
    }
}

/* One output line, from where its lines of taps lie. */
static void line_of(const struct wb_lines *lines, const struct channel *channel, const int16_t *const *at, uint8_t *to)
{
    int32_t position, tap;

    for (position = 0; position < lines->out_length; position++, to += lines->out_position_step) {
        int32_t sum = 0;

        for (tap = 0; tap < TAPS; tap++) {
            const int8_t *const weight = channel->weights[tap];
            const int16_t *const from = at[tap] + position * lines->stride_along;

            sum += weight[0] * from[0] + weight[1] * from[1] + weight[2] * from[2];
        }
        *to = wb_packed_activation(channel->bias + ((uint32_t)sum << 1), channel->multiplier, channel->offset,
                                   channel->shift);
    }
}

void wb_depthwise_1(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                    int16_t *ring)
{
    const int16_t *at[TAPS];
    int32_t number, out_line, tap;

    for (number = 0; number < lines->channels; number++, input++, output++) {
        const struct channel channel = channel_from(stream + WORDS * number);
        int32_t loaded = -lines->before;

        for (out_line = 0; out_line < lines->out_lines; out_line++) {
            const int32_t first = out_line * lines->stride - lines->before;

            for (; loaded < first + TAPS; loaded++) {
                load(lines, input, loaded, ring + (loaded + lines->before) % TAPS * lines->positions);
            }
            for (tap = 0; tap < TAPS; tap++) {
                at[tap] = ring + (first + tap + lines->before) % TAPS * lines->positions;
            }
            line_of(lines, &channel, at, output + out_line * lines->out_line_step);
        }
    }
}

void wb_depthwise_2(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                    int16_t *ring)
{
    wb_depthwise_1(lines, stream, input, output, ring);
}

void wb_depthwise_1_relu(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                         int16_t *ring)
{
    wb_depthwise_1(lines, stream, input, output, ring);
}

void wb_depthwise_2_relu(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                         int16_t *ring)
{
    wb_depthwise_1(lines, stream, input, output, ring);
}

#endif
