/* CONCATENATION along any axis. */
#include "concatenate.h"

#include "element.h"

void wb_concatenate(int32_t outer, int32_t count, const int32_t *runs, int32_t wide, int32_t backwards,
                    const uint8_t *const *inputs, void *output)
{
    const int32_t step = backwards ? -1 : 1;
    int32_t turn, place, i, total = 0, to;

    for (place = 0; place < count; place++) {
        total += runs[place];
    }
    to = backwards ? outer * total - 1 : 0;
    for (turn = 0; turn < outer * count; turn++) {
        const int32_t now = backwards ? outer * count - 1 - turn : turn;
        const int32_t line = now / count;
        const int32_t input = now - line * count;
        int32_t from = line * runs[input] + (backwards ? runs[input] - 1 : 0);

        for (i = runs[input]; i > 0; i--, from += step, to += step) {
            wb_store(output, to, wide, wb_load(inputs[input], from, wide));
        }
    }
}
