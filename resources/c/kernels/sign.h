/* int8 outside, uint8 = q + 128 inside. */
#ifndef WB_SIGN_H
#define WB_SIGN_H

#include <stdint.h>

/* Flip the highest bit of each byte of `words` words. */
void wb_flip_signs(uint32_t *words, int32_t count);

#endif
