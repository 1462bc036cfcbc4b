#ifndef WB_CONCATENATE_H
#define WB_CONCATENATE_H

#include <stdint.h>

/* outer times: a run of elements of each input, one after the other; wide: of two bytes. */
void wb_concatenate(int32_t outer, int32_t count, const int32_t *runs, int32_t wide, int32_t backwards,
                    const uint8_t *const *inputs, void *output);

#endif
