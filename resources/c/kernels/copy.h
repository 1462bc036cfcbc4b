#ifndef WB_COPY_H
#define WB_COPY_H

#include <stdint.h>

#include "rows.h"

/* output element = input element, each walked along with its own steps; wide: of two bytes. */
void wb_copy_rows(const struct wb_rows *rows, const int32_t *steps_input, const int32_t *steps_output, int32_t wide,
                  const void *input, void *output);

/* The same for several outputs, each part_step elements further in the input; backwards, the last first. */
void wb_split(const struct wb_rows *rows, const int32_t *steps_input, const int32_t *steps_output, int32_t wide,
              int32_t parts, int32_t part_step, int32_t backwards, const void *input, uint8_t *const *outputs);

#endif
