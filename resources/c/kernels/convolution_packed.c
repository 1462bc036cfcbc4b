/* CONV_2D at speed: gathers the inputs of four output pixels at a time. */
#include "convolution_packed.h"

#include "convolution_gather.h"

/* What all windows of a convolution have in common. */
struct shape {
    const struct wb_window *window;
    struct wb_runs runs;
    int32_t joined;        /* pixels of a run: a kernel row, or one where it is dilated across */
    int32_t row, column;   /* windows that start before these, and not before 0, lie inside */
    int32_t rows, columns; /* where a window would start that is one too many */
};

static struct shape shaped(const struct wb_window *window)
{
    const int32_t channels = window->channels;
    const int32_t joined = window->dilation_across == 1 ? window->kernel_width : 1;
    struct shape shape;

    shape.window = window;
    shape.joined = joined;
    shape.runs.fours = (joined * channels) >> 2;
    shape.runs.ones = (joined * channels) & 3;
    shape.row = window->height - (window->kernel_height - 1) * window->dilation_down;
    shape.column = window->width - (window->kernel_width - 1) * window->dilation_across;
    shape.rows = window->out_height * window->stride_down - window->before_down;
    shape.columns = window->out_width * window->stride_across - window->before_across;
    if (joined == window->kernel_width) {
        shape.runs.count = window->kernel_height;
        shape.runs.apart = window->dilation_down * window->width * channels;
    } else {
        shape.runs.count = window->kernel_height * window->kernel_width;
        shape.runs.apart = window->dilation_across * channels;
        if (window->kernel_height > 1) {
            shape.row = 0; /* runs are not equally far apart: as if none lay inside */
        }
    }
    return shape;
}

/* The inputs from tap `low` to `high` of a run lie inside the image, from `from` on; all others are padding. */
struct piece {
    const uint8_t *from;
    int32_t low, high;
};

static uint32_t one(const struct piece *piece, int32_t tap, uint32_t padding)
{
    return tap >= piece->low && tap < piece->high ? piece->from[tap - piece->low] : padding;
}

static uint32_t four(const struct piece *piece, int32_t tap, uint32_t padding)
{
    if (tap >= piece->low && tap + 4 <= piece->high) {
        return wb_four(piece->from + (tap - piece->low));
    }
    if (tap >= piece->high || tap + 4 <= piece->low) {
        return padding * 0x01010101u;
    }
    return one(piece, tap, padding) | one(piece, tap + 1, padding) << 8 | one(piece, tap + 2, padding) << 16 |
           one(piece, tap + 3, padding) << 24;
}

/* The part inside of the run that starts at a row and column. */
static struct piece inside(const struct shape *shape, const uint8_t *image, int32_t row, int32_t column)
{
    const struct wb_window *const window = shape->window;
    const int32_t first = column < 0 ? 0 : column;
    const int32_t end = column + shape->joined < window->width ? column + shape->joined : window->width;
    struct piece piece = {image, 0, 0};

    if (row >= 0 && row < window->height && first < end) {
        piece.from += (row * window->width + first) * window->channels;
        piece.low = (first - column) * window->channels;
        piece.high = (end - column) * window->channels;
    }
    return piece;
}

/* The window of one output pixel, parts of which may lie in the padding. */
static void gather_padded(const struct shape *shape, const struct wb_corner *corner, uint32_t *to)
{
    const struct wb_window *const window = shape->window;
    const uint32_t padding = (uint32_t)window->zero_point;
    const int32_t in_fours = 4 * shape->runs.fours;
    struct wb_ones ones = wb_first_one(&shape->runs, to);
    int32_t tap_row, tap_column, tap;

    for (tap_row = 0; tap_row < window->kernel_height; tap_row++) {
        for (tap_column = 0; tap_column < window->kernel_width; tap_column += shape->joined) {
            const struct piece piece = inside(shape, corner->image, corner->row + tap_row * window->dilation_down,
                                              corner->column + tap_column * window->dilation_across);

            for (tap = 0; tap < in_fours; tap += 4, to += 2 * WB_BLOCK_PIXELS) {
                wb_put_four(four(&piece, tap, padding), to);
            }
            for (; tap < in_fours + shape->runs.ones; tap++) {
                wb_put_one(&ones, one(&piece, tap, padding));
            }
        }
    }
}

static int is_inside(const struct shape *shape, const struct wb_corner *corner)
{
    return corner->row >= 0 && corner->row < shape->row && corner->column >= 0 && corner->column < shape->column;
}

static const uint8_t *first_input(const struct wb_window *window, const struct wb_corner *corner)
{
    return corner->image + (corner->row * window->width + corner->column) * window->channels;
}

/* From one output pixel's window to the next one's. */
static void advance(const struct shape *shape, struct wb_corner *corner)
{
    const struct wb_window *const window = shape->window;

    corner->column += window->stride_across;
    if (corner->column == shape->columns) {
        corner->column = -window->before_across;
        corner->row += window->stride_down;
    }
    if (corner->row == shape->rows) {
        corner->row = -window->before_down;
        corner->image += window->height * window->width * window->channels;
    }
}

/* The windows of up to four output pixels, from the first one's corner. */
static void gather(const struct shape *shape, struct wb_corner corner, int32_t pixels, uint32_t *buffer)
{
    const struct wb_window *const window = shape->window;
    const int32_t last = corner.column + (WB_BLOCK_PIXELS - 1) * window->stride_across;
    int32_t pixel;

    if (pixels == WB_BLOCK_PIXELS && is_inside(shape, &corner) && last < shape->column && last < shape->columns) {
        wb_gather_four(&shape->runs, first_input(window, &corner), window->stride_across * window->channels, buffer);
        return;
    }
    for (pixel = 0; pixel < pixels; pixel++) {
        if (is_inside(shape, &corner)) {
            wb_gather_one(&shape->runs, first_input(window, &corner), buffer + pixel);
        } else {
            gather_padded(shape, &corner, buffer + pixel);
        }
        advance(shape, &corner);
    }
}

void wb_convolution_packed(wb_block *block, const struct wb_window *window, const uint32_t *stream, int32_t pairs,
                           int32_t filters, const uint8_t *input, uint8_t *output, uint32_t *buffer)
{
    const struct shape shape = shaped(window);
    const int32_t turns = (window->pixels + WB_BLOCK_PIXELS - 1) / WB_BLOCK_PIXELS;
    int32_t turn;

    for (turn = 0; turn < turns; turn++) {
        const int32_t first = wb_window_first(window, turn, turns);
        const int32_t left = window->pixels - first;
        const int32_t pixels = left < WB_BLOCK_PIXELS ? left : WB_BLOCK_PIXELS;

        gather(&shape, wb_window_corner(window, input, first), pixels, buffer);
        block(stream, buffer, pairs, output + first * filters, filters, pixels);
    }
}
