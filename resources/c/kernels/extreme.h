#ifndef WB_EXTREME_H
#define WB_EXTREME_H

#include <stdint.h>

#include "rows.h"

/* The greater of two values, or the smaller. */
void wb_extreme(const struct wb_rows *rows, int32_t greatest, const int32_t *steps_a, const int32_t *steps_b,
                const int32_t *steps_output, const uint8_t *a, const uint8_t *b, uint8_t *output);

#endif
