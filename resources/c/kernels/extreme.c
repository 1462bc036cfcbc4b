/* MINIMUM and MAXIMUM. */
#include "extreme.h"

void wb_extreme(const struct wb_rows *rows, int32_t greatest, const int32_t *steps_a, const int32_t *steps_b,
                const int32_t *steps_output, const uint8_t *a, const uint8_t *b, uint8_t *output)
{
    const int32_t along_a = wb_rows_along(steps_a);
    const int32_t along_b = wb_rows_along(steps_b);
    const int32_t along = wb_rows_along(steps_output);
    int32_t row, i;

    for (row = 0; row < rows->rows; row++) {
        const uint8_t *from_a = a + wb_rows_start(rows, steps_a, row);
        const uint8_t *from_b = b + wb_rows_start(rows, steps_b, row);
        uint8_t *to = output + wb_rows_start(rows, steps_output, row);

        for (i = rows->length; i > 0; i--, from_a += along_a, from_b += along_b, to += along) {
            *to = (*from_a > *from_b) == (greatest != 0) ? *from_a : *from_b;
        }
    }
}
