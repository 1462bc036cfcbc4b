/* One input, one output: a table of 256 answers. */
#ifndef WB_LOOKUP_H
#define WB_LOOKUP_H

#include <stdint.h>

/* output[i] = table[input[i]], from the first element to the last, or backwards. */
void wb_lookup(const uint8_t *input, uint8_t *output, int32_t count, const uint8_t *table, int32_t backwards);

#endif
