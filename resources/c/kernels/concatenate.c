/* CONCATENATION along any axis. */
#include "concatenate.h"

void wb_concatenate(int32_t outer, int32_t count, const int32_t *runs, int32_t backwards,
                    const uint8_t *const *inputs, uint8_t *output)
{
    const int32_t step = backwards ? -1 : 1;
    int32_t turn, place, i, total = 0;

    for (place = 0; place < count; place++) {
        total += runs[place];
    }
    output += backwards ? outer * total - 1 : 0;
    for (turn = 0; turn < outer * count; turn++) {
        const int32_t now = backwards ? outer * count - 1 - turn : turn;
        const int32_t line = now / count;
        const int32_t input = now - line * count;
        const uint8_t *from = inputs[input] + line * runs[input] + (backwards ? runs[input] - 1 : 0);

        for (i = runs[input]; i > 0; i--, from += step, output += step) {
            *output = *from;
        }
    }
}
