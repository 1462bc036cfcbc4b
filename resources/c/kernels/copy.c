/* TRANSPOSE, SLICE, STRIDED_SLICE and SPLIT: elements that only move. */
#include "copy.h"

#include "element.h"

static void copy_part(const struct wb_rows *rows, const int32_t *steps_input, const int32_t *steps_output, int32_t wide,
                      const void *input, int32_t first, void *output)
{
    const int32_t along_input = wb_rows_along(steps_input);
    const int32_t along_output = wb_rows_along(steps_output);
    int32_t row, i;

    for (row = 0; row < rows->rows; row++) {
        int32_t from = first + wb_rows_start(rows, steps_input, row);
        int32_t to = wb_rows_start(rows, steps_output, row);

        for (i = rows->length; i > 0; i--, from += along_input, to += along_output) {
            wb_store(output, to, wide, wb_load(input, from, wide));
        }
    }
}

void wb_copy_rows(const struct wb_rows *rows, const int32_t *steps_input, const int32_t *steps_output, int32_t wide,
                  const void *input, void *output)
{
    copy_part(rows, steps_input, steps_output, wide, input, 0, output);
}

void wb_split(const struct wb_rows *rows, const int32_t *steps_input, const int32_t *steps_output, int32_t wide,
              int32_t parts, int32_t part_step, int32_t backwards, const void *input, uint8_t *const *outputs)
{
    int32_t turn;

    for (turn = 0; turn < parts; turn++) {
        const int32_t part = backwards ? parts - 1 - turn : turn;

        copy_part(rows, steps_input, steps_output, wide, input, part * part_step, outputs[part]);
    }
}
