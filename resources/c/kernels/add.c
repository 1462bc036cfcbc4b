/* ADD and SUB: both inputs brought to one scale with 20 bits more, then to the output's. */
#include "add.h"

#include "requantize.h"

#define MORE_BITS 20

void wb_add(const struct wb_rows *rows, const struct wb_sum *sum, const int32_t *steps_a, const int32_t *steps_b,
            const int32_t *steps_output, const uint8_t *a, const uint8_t *b, uint8_t *output)
{
    const struct wb_sum how = *sum;
    const int32_t along_a = wb_rows_along(steps_a);
    const int32_t along_b = wb_rows_along(steps_b);
    const int32_t along = wb_rows_along(steps_output);
    int32_t row, i;

    for (row = 0; row < rows->rows; row++) {
        const uint8_t *from_a = a + wb_rows_start(rows, steps_a, row);
        const uint8_t *from_b = b + wb_rows_start(rows, steps_b, row);
        uint8_t *to = output + wb_rows_start(rows, steps_output, row);

        for (i = rows->length; i > 0; i--, from_a += along_a, from_b += along_b, to += along) {
            const int32_t scaled_a = wb_shift_right(
                wb_high_multiply((*from_a - how.zero_a) * (1 << MORE_BITS), how.multiplier_a), how.shift_a);
            const int32_t scaled_b = wb_shift_right(
                wb_high_multiply((*from_b - how.zero_b) * (1 << MORE_BITS), how.multiplier_b), how.shift_b);
            const int32_t value = wb_shift_right(
                wb_high_multiply(scaled_a + how.sign * scaled_b, how.multiplier_output), how.shift_output);

            *to = (uint8_t)wb_clamp(value + how.zero_output, how.lowest, how.highest);
        }
    }
}
