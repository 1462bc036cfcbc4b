/* MINIMUM and MAXIMUM. */
#include "extreme.h"

#include "element.h"

void wb_extreme(const struct wb_rows *rows, int32_t greatest, int32_t wide, const int32_t *steps_a,
                const int32_t *steps_b, const int32_t *steps_output, const void *a, const void *b, void *output)
{
    int32_t row, i;

    for (row = 0; row < rows->rows; row++) {
        int32_t from_a = wb_rows_start(rows, steps_a, row);
        int32_t from_b = wb_rows_start(rows, steps_b, row);
        int32_t to = wb_rows_start(rows, steps_output, row);

        for (i = rows->length; i > 0; i--) {
            const int32_t one = wb_load(a, from_a, wide), other = wb_load(b, from_b, wide);

            wb_store(output, to, wide, (one > other) == (greatest != 0) ? one : other);
            from_a += wb_rows_along(steps_a);
            from_b += wb_rows_along(steps_b);
            to += wb_rows_along(steps_output);
        }
    }
}
