/* Elements of one or two bytes as they lie in the arena: uint8 = q + 128, or int16. */
#ifndef WB_ELEMENT_H
#define WB_ELEMENT_H

#include <stdint.h>

static inline int32_t wb_load(const void *from, int32_t place, int32_t wide)
{
    return wide ? ((const int16_t *)from)[place] : ((const uint8_t *)from)[place];
}

static inline void wb_store(void *to, int32_t place, int32_t wide, int32_t value)
{
    if (wide) {
        ((int16_t *)to)[place] = (int16_t)value;
    } else {
        ((uint8_t *)to)[place] = (uint8_t)value;
    }
}

#endif
