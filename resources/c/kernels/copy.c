/* TRANSPOSE, SLICE, STRIDED_SLICE and SPLIT: elements that only move. */
#include "copy.h"

void wb_copy_rows(const struct wb_rows *rows, const int32_t *steps_input, const int32_t *steps_output,
                  const uint8_t *input, uint8_t *output)
{
    const int32_t along_input = wb_rows_along(steps_input);
    const int32_t along_output = wb_rows_along(steps_output);
    int32_t row, i;

    for (row = 0; row < rows->rows; row++) {
        const uint8_t *from = input + wb_rows_start(rows, steps_input, row);
        uint8_t *to = output + wb_rows_start(rows, steps_output, row);

        for (i = rows->length; i > 0; i--, from += along_input, to += along_output) {
            *to = *from;
        }
    }
}

void wb_split(const struct wb_rows *rows, const int32_t *steps_input, const int32_t *steps_output, int32_t parts,
              int32_t part_step, int32_t backwards, const uint8_t *input, uint8_t *const *outputs)
{
    int32_t turn;

    for (turn = 0; turn < parts; turn++) {
        const int32_t part = backwards ? parts - 1 - turn : turn;

        wb_copy_rows(rows, steps_input, steps_output, input + part * part_step, outputs[part]);
    }
}
