#include "sign.h"

#define SIGNS 0x80808080u

void wb_flip_signs(uint32_t *words, int32_t count)
{
    for (; count >= 4; count -= 4, words += 4) {
        const uint32_t first = words[0], second = words[1], third = words[2], fourth = words[3];

        words[0] = first ^ SIGNS;
        words[1] = second ^ SIGNS;
        words[2] = third ^ SIGNS;
        words[3] = fourth ^ SIGNS;
    }
    for (; count > 0; count--) {
        *words++ ^= SIGNS;
    }
}
