#ifndef WB_PAD_H
#define WB_PAD_H

#include <stdint.h>

/* Three lists of four, from the outermost axis: sizes of the output, elements in front of the input, sizes of the
 * input. Around the input lies fill; wide: elements of two bytes. */
void wb_pad(const int32_t *sizes, const int32_t *before, const int32_t *given, int32_t count, int32_t fill,
            int32_t wide, int32_t backwards, const void *input, void *output);

#endif
