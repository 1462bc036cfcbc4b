/* MEAN over any axes, of int8 or int16. */
#include "mean.h"

#include "element.h"
#include "requantize.h"

static int32_t sum_of(const struct wb_rows *rows, const int32_t *steps, int32_t wide, const void *input, int32_t first)
{
    const int32_t along = wb_rows_along(steps);
    int32_t row, i, sum = 0;

    for (row = 0; row < rows->rows; row++) {
        int32_t from = first + wb_rows_start(rows, steps, row);

        for (i = rows->length; i > 0; i--, from += along) {
            sum += wb_load(input, from, wide);
        }
    }
    return sum;
}

void wb_mean(const struct wb_rows *kept, const struct wb_rows *reduced, const struct wb_mean *mean,
             const int32_t *steps_kept, const int32_t *steps_output, const int32_t *steps_reduced, int32_t wide,
             const void *input, void *output)
{
    const int32_t lowest = wide ? INT16_MIN : 0, highest = wide ? INT16_MAX : UINT8_MAX;
    int32_t row, i;

    for (row = 0; row < kept->rows; row++) {
        int32_t from = wb_rows_start(kept, steps_kept, row);
        int32_t to = wb_rows_start(kept, steps_output, row);

        for (i = kept->length; i > 0; i--) {
            const int32_t sum = sum_of(reduced, steps_reduced, wide, input, from) + mean->offset;
            const int32_t value = wb_requantize(sum, mean->multiplier, mean->shift);

            wb_store(output, to, wide, wb_clamp(value + mean->zero_output, lowest, highest));
            from += wb_rows_along(steps_kept);
            to += wb_rows_along(steps_output);
        }
    }
}
