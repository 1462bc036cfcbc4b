/* DEPTHWISE_CONV_2D of 3x3 at speed: two taps at once, a channel at a time, in place. */
#include "depthwise_packed.h"

#include "compiler.h"
#include "dual.h"

#define TAPS 3
#define WORDS 10 /* of a channel in the stream */

typedef uint32_t WB_MAY_ALIAS two_positions;

/* Where the lines of taps of one output line lie, and their weights; 0 for a line outside the plane. */
struct taps {
    const two_positions *at[TAPS];
    uint32_t first[TAPS], last[TAPS];
};

static void load(const struct wb_lines *lines, const uint8_t *from, int16_t *to)
{
    const int32_t step = lines->position_step, zero_point = lines->zero_point;
    int32_t left;

    for (left = lines->length; left > 0; left--, from += step) {
        *to++ = (int16_t)(*from - zero_point);
    }
}

static struct taps taps_of(const struct wb_lines *lines, const uint32_t *stream, int32_t first, const int16_t *ring)
{
    struct taps taps;
    int32_t tap;

    for (tap = 0; tap < TAPS; tap++) {
        const int32_t line = first + tap;
        const int inside = line >= 0 && line < lines->lines;

        taps.at[tap] = (const two_positions *)(const void *)(ring + (inside ? line % TAPS : 0) * lines->positions);
        taps.first[tap] = inside ? stream[2 * tap] : 0;
        taps.last[tap] = inside ? stream[2 * tap + 1] : 0;
    }
    return taps;
}

/* One output line; with stride 1, two outputs from each four positions. */
static void line_of(const struct wb_lines *lines, const struct taps *taps, const uint32_t *constants, uint8_t *to)
{
    const two_positions *at0 = taps->at[0], *at1 = taps->at[1], *at2 = taps->at[2];
    const uint32_t first0 = taps->first[0], first1 = taps->first[1], first2 = taps->first[2];
    const uint32_t last0 = taps->last[0], last1 = taps->last[1], last2 = taps->last[2];
    const uint32_t bias = constants[0];
    const int32_t factor = (int32_t)constants[1], offset = (int32_t)constants[2], shift = (int32_t)constants[3];
    const int32_t step = lines->out_position_step;
    const int32_t apart = lines->stride_along; /* 1: two outputs a turn */
    int32_t left = lines->out_length;

    while (left > 0) {
        const uint32_t a0 = at0[0], b0 = at0[1], a1 = at1[0], b1 = at1[1], a2 = at2[0], b2 = at2[1];
        uint32_t sum = wb_dual(a2, first2, wb_dual(a1, first1, wb_dual(a0, first0, 0)));

        sum += (uint32_t)(wb_lower(b0) * wb_upper(last0));
        sum += (uint32_t)(wb_lower(b1) * wb_upper(last1));
        sum += (uint32_t)(wb_lower(b2) * wb_upper(last2));
        *to = wb_packed_activation(bias + 2 * sum, factor, offset, shift);
        to += step;
        left--;
        if (apart == 1 && left > 0) {
            sum = wb_dual(b2, last2, wb_dual(b1, last1, wb_dual(b0, last0, 0)));
            sum += (uint32_t)(wb_upper(a0) * wb_lower(first0));
            sum += (uint32_t)(wb_upper(a1) * wb_lower(first1));
            sum += (uint32_t)(wb_upper(a2) * wb_lower(first2));
            *to = wb_packed_activation(bias + 2 * sum, factor, offset, shift);
            to += step;
            left--;
        }
        at0++;
        at1++;
        at2++;
    }
}

static void channel_of(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *from, uint8_t *to,
                       int16_t *ring)
{
    int32_t out_line, loaded = 0;

    for (out_line = 0; out_line < lines->out_lines; out_line++) {
        const int32_t first = out_line * lines->stride - lines->before;
        struct taps taps;

        for (; loaded < first + TAPS && loaded < lines->lines; loaded++) {
            load(lines, from + loaded * lines->line_step, ring + loaded % TAPS * lines->positions + lines->before_along);
        }
        taps = taps_of(lines, stream, first, ring);
        line_of(lines, &taps, stream + 2 * TAPS, to + out_line * lines->out_line_step);
    }
}

void wb_depthwise_packed(const struct wb_lines *lines, const uint32_t *stream, const uint8_t *input, uint8_t *output,
                         int16_t *ring)
{
    const int32_t plane = lines->lines * lines->length * lines->channels;
    const int32_t out_plane = lines->out_lines * lines->out_length * lines->channels;
    int32_t batch, channel, place;

    for (place = 0; place < TAPS * lines->positions; place++) {
        ring[place] = 0; /* the padding of each line stays */
    }
    for (batch = 0; batch < lines->batches; batch++) {
        for (channel = 0; channel < lines->channels; channel++) {
            channel_of(lines, stream + channel * WORDS, input + batch * plane + channel,
                       output + batch * out_plane + channel, ring);
        }
    }
}
