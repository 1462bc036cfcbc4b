/* MEAN over any axes. */
#include "mean.h"

#include "requantize.h"

static int32_t sum_of(const struct wb_rows *rows, const int32_t *steps, const uint8_t *input)
{
    const int32_t along = wb_rows_along(steps);
    int32_t row, i, sum = 0;

    for (row = 0; row < rows->rows; row++) {
        const uint8_t *from = input + wb_rows_start(rows, steps, row);

        for (i = rows->length; i > 0; i--, from += along) {
            sum += *from;
        }
    }
    return sum;
}

void wb_mean(const struct wb_rows *kept, const struct wb_rows *reduced, const struct wb_mean *mean,
             const int32_t *steps_kept, const int32_t *steps_output, const int32_t *steps_reduced,
             const uint8_t *input, uint8_t *output)
{
    int32_t row, i;

    for (row = 0; row < kept->rows; row++) {
        const uint8_t *from = input + wb_rows_start(kept, steps_kept, row);
        uint8_t *to = output + wb_rows_start(kept, steps_output, row);

        for (i = kept->length; i > 0; i--) {
            const int32_t sum = sum_of(reduced, steps_reduced, from) + mean->offset;
            const int32_t value = wb_requantize(sum, mean->multiplier, mean->shift);

            *to = (uint8_t)wb_clamp(value + mean->zero_output, 0, 255);
            from += wb_rows_along(steps_kept);
            to += wb_rows_along(steps_output);
        }
    }
}
