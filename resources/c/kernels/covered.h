/* What a window covers of the input. */
#ifndef WB_COVERED_H
#define WB_COVERED_H

#include "window.h"

/* The rows and columns of one window that lie inside the input. */
struct wb_covered {
    int32_t first_row, end_row, first_column, end_column;
};

static inline struct wb_covered wb_covered_from(const struct wb_window *window, const struct wb_corner *corner)
{
    const int32_t end_row = corner->row + window->kernel_height, end_column = corner->column + window->kernel_width;
    struct wb_covered covered;

    covered.first_row = corner->row > 0 ? corner->row : 0;
    covered.end_row = end_row < window->height ? end_row : window->height;
    covered.first_column = corner->column > 0 ? corner->column : 0;
    covered.end_column = end_column < window->width ? end_column : window->width;
    return covered;
}

static inline int32_t wb_covered_pixels(const struct wb_covered *covered)
{
    return (covered->end_row - covered->first_row) * (covered->end_column - covered->first_column);
}

#endif
