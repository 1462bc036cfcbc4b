/* A window that slides over the pixels of a tensor, as convolutions have it. */
#ifndef WB_WINDOW_H
#define WB_WINDOW_H

#include <stdint.h>

/* Sizes in pixels; before: rows and columns of padding in front of the input; pixels: all of the output, every batch's;
 * block: output pixels whose inputs are gathered before any of them is written; zero_point: of the input as stored. */
struct wb_window {
    int32_t pixels;
    int16_t block, backwards;
    int16_t height, width, channels;
    int16_t out_height, out_width;
    int16_t kernel_height, kernel_width;
    int16_t stride_down, stride_across;
    int16_t dilation_down, dilation_across;
    int16_t before_down, before_across;
    int16_t zero_point;
};

/* Where the window of one output pixel starts: the image it lies in, and its first row and column, which may lie
 * outside. */
struct wb_corner {
    const uint8_t *image;
    int32_t row, column;
};

static inline struct wb_corner wb_window_corner(const struct wb_window *window, const uint8_t *input, int32_t pixel)
{
    const int32_t line = pixel / window->out_width;
    const int32_t batch = line / window->out_height;
    struct wb_corner corner;

    corner.image = input + batch * window->height * window->width * window->channels;
    corner.row = (line - batch * window->out_height) * window->stride_down - window->before_down;
    corner.column = (pixel - line * window->out_width) * window->stride_across - window->before_across;
    return corner;
}

/* The first pixel of the block that runs in this turn. */
static inline int32_t wb_window_first(const struct wb_window *window, int32_t turn, int32_t turns)
{
    return (window->backwards ? turns - 1 - turn : turn) * window->block;
}

#endif
