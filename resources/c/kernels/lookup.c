#include "lookup.h"

void wb_lookup(const uint8_t *input, uint8_t *output, int32_t count, const uint8_t *table, int32_t backwards)
{
    const int32_t step = backwards ? -1 : 1;
    int32_t i = backwards ? count - 1 : 0;

    for (; count > 0; count--, i += step) {
        output[i] = table[input[i]];
    }
}
