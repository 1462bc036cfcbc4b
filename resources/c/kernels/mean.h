#ifndef WB_MEAN_H
#define WB_MEAN_H

#include <stdint.h>

#include "rows.h"

/* offset: added to each sum of stored values. */
struct wb_mean {
    int32_t offset, multiplier;
    int16_t shift, zero_output;
};

/* For each output element, the mean over the rows of reduced that start at its place in the input; wide: of int16. */
void wb_mean(const struct wb_rows *kept, const struct wb_rows *reduced, const struct wb_mean *mean,
             const int32_t *steps_kept, const int32_t *steps_output, const int32_t *steps_reduced, int32_t wide,
             const void *input, void *output);

#endif
