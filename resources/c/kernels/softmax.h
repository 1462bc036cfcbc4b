#ifndef WB_SOFTMAX_H
#define WB_SOFTMAX_H

#include <stdint.h>

/* Rows of length elements; exponentials[d] is that of an element d below its row's greatest, for d < known, without
 * integer bits; that of all others counts as 0. */
void wb_softmax(const uint8_t *input, uint8_t *output, int32_t rows, int32_t length, const int32_t *exponentials,
                int32_t known, int32_t backwards);

#endif
