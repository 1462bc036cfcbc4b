/* Elements in the order of a tensor of up to four axes: rows, and along each row its last axis. */
#ifndef WB_ROWS_H
#define WB_ROWS_H

#include <stdint.h>

/* rows of length elements, counted as [outer][middle][inner]. A tensor walked along with them is given by five steps in
 * elements: where it starts, then from one outer, middle, inner place and element along a row to the next. Backwards is
 * a start at the end, and negative steps. */
struct wb_rows {
    int32_t rows, length;
    int32_t middle, inner;
};

/* Where a row starts in a tensor with these steps. */
static inline int32_t wb_rows_start(const struct wb_rows *rows, const int32_t *steps, int32_t row)
{
    const int32_t line = row / rows->inner;
    const int32_t outer = line / rows->middle;

    return steps[0] + outer * steps[1] + (line - outer * rows->middle) * steps[2] + (row - line * rows->inner) * steps[3];
}

/* The step from one element of a row to the next. */
static inline int32_t wb_rows_along(const int32_t *steps)
{
    return steps[4];
}

#endif
