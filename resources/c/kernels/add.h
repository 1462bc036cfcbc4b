#ifndef WB_ADD_H
#define WB_ADD_H

#include <stdint.h>

#include "rows.h"

/* Of both inputs and the output: zero point as stored, multiplier and shift; the output's limits. sign: 1 adds, -1
 * subtracts. */
struct wb_sum {
    int16_t zero_a, zero_b, zero_output;
    int16_t lowest, highest;
    int8_t shift_a, shift_b, shift_output, sign;
    int32_t multiplier_a, multiplier_b, multiplier_output;
};

/* output = a + b or a - b, all quantized on their own; the output is walked along with its own steps. */
void wb_add(const struct wb_rows *rows, const struct wb_sum *sum, const int32_t *steps_a, const int32_t *steps_b,
            const int32_t *steps_output, const uint8_t *a, const uint8_t *b, uint8_t *output);

#endif
