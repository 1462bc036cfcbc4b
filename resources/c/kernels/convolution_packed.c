/* CONV_2D at speed: one load of weights serves two channels of four pixels. */
#include "convolution_packed.h"

#include "dual.h"

#define PIXELS 4
#define EVEN_BYTES 0x00ff00ffu

/* Taps of one pixel on their way into the buffer, two to a word. */
struct taps {
    uint32_t *to;
    uint32_t waiting;
    int32_t odd;
};

static inline void put(struct taps *taps, uint32_t value)
{
    if (taps->odd) {
        *taps->to = taps->waiting | value << 16;
        taps->to += PIXELS;
    }
    taps->waiting = value;
    taps->odd = !taps->odd;
}

static void put_run(struct taps *taps, const uint8_t *from, int32_t count, int32_t step, uint32_t padding)
{
    int32_t i;

    if (step == 4) {
        uint32_t *to = taps->to;

        for (i = 0; i < count; i += 4, to += 2 * PIXELS) {
            uint32_t word = padding * 0x01010101u;

            if (from) {
                word = (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
                from += 4;
            }
            to[0] = word & EVEN_BYTES;
            to[PIXELS] = word >> 8 & EVEN_BYTES;
        }
        taps->to = to;
        return;
    }
    for (i = 0; i < count; i++) {
        put(taps, from ? from[i] : padding);
    }
}

static void gather(const struct wb_window *window, const uint8_t *input, int32_t pixel, uint32_t padding, uint32_t *to)
{
    const struct wb_corner corner = wb_window_corner(window, input, pixel);
    const int32_t channels = window->channels;
    const int32_t step = channels % 4 == 0 ? 4 : 1;
    struct taps taps = {to, 0, 0};
    int32_t tap_row, tap_column;

    for (tap_row = 0; tap_row < window->kernel_height; tap_row++) {
        const int32_t row = corner.row + tap_row * window->dilation_down;
        int32_t column = corner.column;

        if (row >= 0 && row < window->height && column >= 0 && window->dilation_across == 1 &&
            column + window->kernel_width <= window->width) {
            put_run(&taps, corner.image + (row * window->width + column) * channels, window->kernel_width * channels,
                    step, padding);
            continue;
        }
        for (tap_column = 0; tap_column < window->kernel_width; tap_column++, column += window->dilation_across) {
            const int inside = row >= 0 && row < window->height && column >= 0 && column < window->width;

            put_run(&taps, inside ? corner.image + (row * window->width + column) * channels : 0, channels, step,
                    padding);
        }
    }
    if (taps.odd) {
        *taps.to = taps.waiting; /* its partner's weight is 0 */
    }
}

/* Two channels of a block; returns where the stream goes on. */
static const uint32_t *two_channels(const uint32_t *stream, int32_t pairs, const uint32_t *buffer, uint8_t *to,
                                    int32_t filters, int32_t pixels, int32_t both)
{
    uint32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0; /* of a + 256 b */
    uint32_t low0 = 0, low1 = 0, low2 = 0, low3 = 0; /* of a */
    const uint32_t *const end = stream + pairs;
    uint32_t doubled[2][PIXELS];
    int32_t pixel, place;

    while (stream != end) {
        const uint32_t weights = *stream++;
        const uint32_t low = wb_low_bytes(weights);
        uint32_t x;

        x = buffer[0];
        sum0 = wb_dual(x, weights, sum0);
        low0 = wb_dual(x, low, low0);
        x = buffer[1];
        sum1 = wb_dual(x, weights, sum1);
        low1 = wb_dual(x, low, low1);
        x = buffer[2];
        sum2 = wb_dual(x, weights, sum2);
        low2 = wb_dual(x, low, low2);
        x = buffer[3];
        sum3 = wb_dual(x, weights, sum3);
        low3 = wb_dual(x, low, low3);
        buffer += PIXELS;
    }
    doubled[0][0] = low0 << 1, doubled[1][0] = (uint32_t)((int32_t)(sum0 - low0) >> 7);
    doubled[0][1] = low1 << 1, doubled[1][1] = (uint32_t)((int32_t)(sum1 - low1) >> 7);
    doubled[0][2] = low2 << 1, doubled[1][2] = (uint32_t)((int32_t)(sum2 - low2) >> 7);
    doubled[0][3] = low3 << 1, doubled[1][3] = (uint32_t)((int32_t)(sum3 - low3) >> 7);
    for (place = 0; place <= both; place++) {
        const uint32_t *const constants = stream + 3 * place;
        const uint32_t bias = constants[0];
        const int32_t factor = (int32_t)constants[1], offset = (int32_t)constants[2];
        const int32_t shift = (int32_t)(stream[6] >> 16 * place & 0xffffu);

        for (pixel = 0; pixel < pixels; pixel++) {
            to[pixel * filters + place] = wb_packed_activation(bias + doubled[place][pixel], factor, offset, shift);
        }
    }
    return stream + 7;
}

void wb_convolution_packed(const struct wb_window *window, const uint32_t *stream, int32_t pairs, int32_t filters,
                           const uint8_t *input, uint8_t *output, uint32_t *buffer)
{
    const int32_t turns = (window->pixels + PIXELS - 1) / PIXELS;
    int32_t turn, pixel, filter;

    for (turn = 0; turn < turns; turn++) {
        const int32_t first = wb_window_first(window, turn, turns);
        const int32_t left = window->pixels - first;
        const int32_t pixels = left < PIXELS ? left : PIXELS;
        const uint32_t *from = stream;

        for (pixel = 0; pixel < pixels; pixel++) {
            gather(window, input, first + pixel, (uint32_t)window->zero_point, buffer + pixel);
        }
        for (filter = 0; filter < filters; filter += 2) {
            from = two_channels(from, pairs, buffer, output + first * filters + filter, filters, pixels,
                                filter + 1 < filters);
        }
    }
}
