#ifndef WB_PAIR_WIDE_H
#define WB_PAIR_WIDE_H

#include <stdint.h>

#include "rows.h"

/* ADD and SUB: of both inputs and the output, multiplier and shift to the right; MUL: the output's alone. sign: 1 adds,
 * -1 subtracts, 0 multiplies. */
struct wb_pair_wide {
    int16_t sign, lowest, highest;
    int8_t shift_a, shift_b, shift_output;
    int32_t multiplier_a, multiplier_b, multiplier_output;
};

/* ADD, SUB and MUL of int16, whose zero points are 0. */
void wb_pair_wide(const struct wb_rows *rows, const struct wb_pair_wide *pair, const int32_t *steps_a,
                  const int32_t *steps_b, const int32_t *steps_output, const int16_t *a, const int16_t *b,
                  int16_t *output);

#endif
