/* DEPTHWISE_CONV_2D of any size at speed: each weight is loaded once for four outputs side by side. */
#include "depthwise_fours.h"

#include "depthwise_taps.h"
#include "dual.h"

#define TOGETHER 4

/* A line of the plane between its padding, or nothing but padding. */
static void load(const struct wb_lines *lines, const uint8_t *plane, int32_t line, int16_t *to)
{
    const int inside = line >= 0 && line < lines->lines;
    const uint8_t *from = plane + (inside ? line * lines->line_step : 0);
    const int32_t step = lines->position_step;
    int32_t left;

    for (left = lines->length; left > 0; left--, from += step) {
        *to++ = inside ? *from : lines->zero_point;
    }
}

/* An output line of one filter; slot: of its first line of taps in the ring. */
static void line_of(const struct wb_lines *lines, const int8_t *weights, const uint32_t *constants,
                    const int16_t *ring, int32_t slot, uint8_t *to)
{
    const int32_t stride = lines->stride_along, step = lines->out_position_step;
    const uint32_t bias = constants[0];
    const int32_t factor = (int32_t)constants[1], shift = (int32_t)(constants[2] & 0xffu);
    const int32_t offset = (int32_t)(constants[2] >> 8 << (shift - 1));
    int32_t left, i;
    struct wb_taps taps;

    taps.lines = lines->taps;
    taps.taps = lines->taps_along;
    taps.step = lines->dilation * lines->positions;
    taps.ring = lines->ring * lines->positions;
    taps.first = ring + slot * lines->positions;
    taps.end = ring + taps.ring;
    for (left = lines->out_length; left > 0; left -= TOGETHER) {
        const int32_t count = left < TOGETHER ? left : TOGETHER;
        uint32_t sums[TOGETHER];

        /* Those beyond the last one are computed as it is. */
        taps.second = count > 1 ? stride : 0;
        taps.third = count > 2 ? 2 * stride : taps.second;
        taps.fourth = count > 3 ? 3 * stride : taps.third;
        wb_depthwise_taps(&taps, weights, sums);
        for (i = 0; i < count; i++, to += step) {
            *to = wb_packed_activation(bias + (sums[i] << 1), factor, offset, shift);
        }
        taps.first += TOGETHER * stride;
        taps.end += TOGETHER * stride;
    }
}

static void channel_of(const struct wb_lines *lines, const int8_t *weights, const uint32_t *constants,
                       const uint8_t *from, uint8_t *to, int16_t *ring)
{
    const int32_t taps = lines->taps * lines->taps_along;
    int32_t out_line, line = 0, number; /* lines count from those of padding */

    for (out_line = 0; out_line < lines->out_lines; out_line++, to += lines->out_line_step) {
        const int32_t first = out_line * lines->stride;

        for (; line <= first + (lines->taps - 1) * lines->dilation; line++) {
            load(lines, from, line - lines->before, ring + line % lines->ring * lines->positions + lines->before_along);
        }
        for (number = 0; number < lines->multiplier; number++) {
            line_of(lines, weights + number * taps, constants + 3 * number, ring, first % lines->ring, to + number);
        }
    }
}

void wb_depthwise_fours(const struct wb_lines *lines, const int8_t *weights, const uint32_t *constants,
                        const uint8_t *input, uint8_t *output, int16_t *ring)
{
    const int32_t plane = lines->lines * lines->length * lines->channels;
    const int32_t filters = lines->channels * lines->multiplier;
    const int32_t taps = lines->taps * lines->taps_along;
    int32_t batch, filter, place;

    for (place = 0; place < lines->ring * lines->positions; place++) {
        ring[place] = lines->zero_point; /* the padding of each line stays */
    }
    for (batch = 0; batch < lines->batches; batch++, input += plane) {
        for (filter = 0; filter < filters; filter += lines->multiplier) {
            channel_of(lines, weights + filter * taps, constants + 3 * filter, input + filter / lines->multiplier,
                       output + filter, ring);
        }
        output += lines->out_lines * lines->out_length * filters;
    }
}
