/* ADD, SUB and MUL of int16. */
#include "pair_wide.h"

#include "requantize.h"

#define MORE_BITS 15 /* of an input before it is scaled */

static int32_t scaled(int32_t value, int32_t multiplier, int32_t shift)
{
    return wb_shift_right(wb_high_multiply(value * (1 << MORE_BITS), multiplier), shift);
}

static int32_t value_of(const struct wb_pair_wide *pair, int32_t a, int32_t b)
{
    int32_t sum;

    if (pair->sign == 0) {
        return wb_requantize(a * b, pair->multiplier_output, -pair->shift_output);
    }
    sum = scaled(a, pair->multiplier_a, pair->shift_a) + pair->sign * scaled(b, pair->multiplier_b, pair->shift_b);
    return wb_shift_right(wb_high_multiply(sum, pair->multiplier_output), pair->shift_output);
}

void wb_pair_wide(const struct wb_rows *rows, const struct wb_pair_wide *pair, const int32_t *steps_a,
                  const int32_t *steps_b, const int32_t *steps_output, const int16_t *a, const int16_t *b,
                  int16_t *output)
{
    const int32_t along_a = wb_rows_along(steps_a);
    const int32_t along_b = wb_rows_along(steps_b);
    const int32_t along = wb_rows_along(steps_output);
    int32_t row, i;

    for (row = 0; row < rows->rows; row++) {
        const int16_t *from_a = a + wb_rows_start(rows, steps_a, row);
        const int16_t *from_b = b + wb_rows_start(rows, steps_b, row);
        int16_t *to = output + wb_rows_start(rows, steps_output, row);

        for (i = rows->length; i > 0; i--, from_a += along_a, from_b += along_b, to += along) {
            *to = (int16_t)wb_clamp(value_of(pair, *from_a, *from_b), pair->lowest, pair->highest);
        }
    }
}
