/* CONV_2D at speed: gathers the inputs of four output pixels at a time. */
#include "convolution_packed.h"

#include "convolution_block.h"
#include "convolution_buffer.h"

/* The inputs of one pixel on their way into the buffer: fours of taps, and behind all of them single ones. */
struct lane {
    uint32_t *fours, *ones;
    uint32_t waiting; /* for its partner */
    int32_t waits;
};

static void put_one(struct lane *lane, uint32_t value)
{
    if (lane->waits) {
        *lane->ones = lane->waiting | value << 16;
        lane->ones += WB_BLOCK_PIXELS;
    }
    lane->waiting = value;
    lane->waits = !lane->waits;
}

/* Taps that lie one behind the other from place `at`: `count` of them, those from `low` to `high` inside the image. */
struct run {
    const uint8_t *image;
    int32_t at, count, low, high;
};

static uint32_t one(const struct run *run, int32_t tap, uint32_t padding)
{
    return tap >= run->low && tap < run->high ? run->image[run->at + tap] : padding;
}

static uint32_t four(const struct run *run, int32_t tap, uint32_t padding)
{
    if (tap >= run->low && tap + 4 <= run->high) {
        return wb_four(run->image + (run->at + tap));
    }
    if (tap >= run->high || tap + 4 <= run->low) {
        return padding * 0x01010101u;
    }
    return one(run, tap, padding) | one(run, tap + 1, padding) << 8 | one(run, tap + 2, padding) << 16 |
           one(run, tap + 3, padding) << 24;
}

static void put_run(struct lane *lane, const struct run *run, uint32_t padding)
{
    const int32_t in_fours = run->count & ~3;
    int32_t tap;

    if (run->low == 0 && run->high == run->count) {
        lane->fours = wb_put_fours(run->image + run->at, run->count >> 2, lane->fours);
    } else {
        for (tap = 0; tap < in_fours; tap += 4, lane->fours += 2 * WB_BLOCK_PIXELS) {
            wb_put_four(four(run, tap, padding), lane->fours);
        }
    }
    for (tap = in_fours; tap < run->count; tap++) {
        put_one(lane, one(run, tap, padding));
    }
}

/* The window of one output pixel. */
static void gather(const struct wb_window *window, const struct wb_corner *corner, uint32_t *to)
{
    const int32_t joined = window->dilation_across == 1 ? window->kernel_width : 1; /* pixels of a run */
    const int32_t channels = window->channels, width = window->width;
    const uint32_t padding = (uint32_t)window->zero_point;
    struct run run = {corner->image, 0, joined * channels, 0, 0};
    struct lane lane = {to, to, 0, 0};
    int32_t tap_row, tap_column;

    lane.ones += window->kernel_height * (window->kernel_width / joined) * (run.count >> 2) * 2 * WB_BLOCK_PIXELS;
    for (tap_row = 0; tap_row < window->kernel_height; tap_row++) {
        const int32_t row = corner->row + tap_row * window->dilation_down;

        for (tap_column = 0; tap_column < window->kernel_width; tap_column += joined) {
            const int32_t column = corner->column + tap_column * window->dilation_across;

            run.low = run.high = 0;
            if (row >= 0 && row < window->height && column < width && column + joined > 0) {
                run.at = (row * width + column) * channels;
                run.low = column < 0 ? -column * channels : 0;
                run.high = column + joined <= width ? run.count : (width - column) * channels;
            }
            put_run(&lane, &run, padding);
        }
    }
    if (lane.waits) {
        *lane.ones = lane.waiting; /* its partner's weight is 0 */
    }
}

/* From one output pixel's window to the next one's. */
static void advance(const struct wb_window *window, struct wb_corner *corner)
{
    corner->column += window->stride_across;
    if (corner->column == window->out_width * window->stride_across - window->before_across) {
        corner->column = -window->before_across;
        corner->row += window->stride_down;
    }
    if (corner->row == window->out_height * window->stride_down - window->before_down) {
        corner->row = -window->before_down;
        corner->image += window->height * window->width * window->channels;
    }
}

void wb_convolution_packed(const struct wb_window *window, const uint32_t *stream, int32_t pairs, int32_t filters,
                           const uint8_t *input, uint8_t *output, uint32_t *buffer)
{
    const int32_t turns = (window->pixels + WB_BLOCK_PIXELS - 1) / WB_BLOCK_PIXELS;
    int32_t turn, pixel;

    for (turn = 0; turn < turns; turn++) {
        const int32_t first = wb_window_first(window, turn, turns);
        const int32_t left = window->pixels - first;
        const int32_t wanted = left < WB_BLOCK_PIXELS ? left : WB_BLOCK_PIXELS;
        struct wb_corner corner = wb_window_corner(window, input, first);

        for (pixel = 0; pixel < wanted; pixel++) {
            gather(window, &corner, buffer + pixel);
            advance(window, &corner);
        }
        wb_convolution_block(stream, buffer, pairs, output + first * filters, filters, wanted);
    }
}
