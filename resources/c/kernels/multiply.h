#ifndef WB_MULTIPLY_H
#define WB_MULTIPLY_H

#include <stdint.h>

#include "rows.h"

/* Zero points and limits as stored. */
struct wb_product {
    int32_t multiplier;
    int16_t shift;
    int16_t zero_a, zero_b, zero_output, lowest, highest;
};

/* output = a * b, requantized. */
void wb_multiply(const struct wb_rows *rows, const struct wb_product *how, const int32_t *steps_a,
                 const int32_t *steps_b, const int32_t *steps_output, const uint8_t *a, const uint8_t *b,
                 uint8_t *output);

#endif
