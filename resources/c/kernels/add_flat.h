#ifndef WB_ADD_FLAT_H
#define WB_ADD_FLAT_H

#include <stdint.h>

/* What one step of a and of b adds to a sum, and what each sum starts with. */
struct wb_flat_sum {
    int32_t factor_a, factor_b, offset;
};

/* output = (offset + factor_a * a / 2^9 + factor_b * b / 2^9) / 2^20, rounded down each time, held within 0..255, for
 * three tensors of one shape that lie at whole words. count is a multiple of four. */
void wb_add_flat(const struct wb_flat_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *output, int32_t count,
                 int32_t backwards);

#endif
