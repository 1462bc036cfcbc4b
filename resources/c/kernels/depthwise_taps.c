/* All taps of four outputs side by side; depthwise_taps_dsp.S takes its place where it may (dual.h). */
#include "depthwise_taps.h"

#include "dual.h"

#if !WB_DSP_ANY_ADDRESS

void wb_depthwise_taps(const struct wb_taps *taps, const int8_t *weights, uint32_t *sums)
{
    const int32_t second = taps->second, third = taps->third, fourth = taps->fourth;
    const int16_t *line = taps->first;
    int32_t left;

    sums[0] = sums[1] = sums[2] = sums[3] = 0;
    for (left = taps->lines; left > 0; left--) {
        const int8_t *const end = weights + taps->taps;
        const int16_t *x;

        for (x = line; weights != end; x++, weights++) {
            sums[0] += (uint32_t)(*x * *weights);
            sums[1] += (uint32_t)(x[second] * *weights);
            sums[2] += (uint32_t)(x[third] * *weights);
            sums[3] += (uint32_t)(x[fourth] * *weights);
        }
        line += taps->step;
        line -= line < taps->end ? 0 : taps->ring;
    }
}

#endif
