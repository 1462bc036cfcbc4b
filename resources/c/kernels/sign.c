#include "sign.h"

void wb_flip_signs(uint32_t *words, int32_t count)
{
    for (; count > 0; count--) {
        *words++ ^= 0x80808080u;
    }
}
