/* PAD and PADV2. */
#include "pad.h"

#include "element.h"

#define AXES 4

void wb_pad(const int32_t *sizes, const int32_t *before, const int32_t *given, int32_t count, int32_t fill,
            int32_t wide, int32_t backwards, const void *input, void *output)
{
    int32_t turn, axis;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;
        int32_t rest = place, from = 0, step = 1;
        int inside = 1;

        for (axis = AXES - 1; axis >= 0; axis--) {
            const int32_t position = rest % sizes[axis] - before[axis];

            inside = inside && position >= 0 && position < given[axis];
            from += position * step;
            step *= given[axis];
            rest /= sizes[axis];
        }
        wb_store(output, place, wide, inside ? wb_load(input, from, wide) : fill);
    }
}
