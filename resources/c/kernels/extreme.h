#ifndef WB_EXTREME_H
#define WB_EXTREME_H

#include <stdint.h>

#include "rows.h"

/* The greater of two values, or the smaller; wide: of int16 instead of uint8. */
void wb_extreme(const struct wb_rows *rows, int32_t greatest, int32_t wide, const int32_t *steps_a,
                const int32_t *steps_b, const int32_t *steps_output, const void *a, const void *b, void *output);

#endif
