/* RELU, RELU6 and LEAKY_RELU of int16. */
#include "slopes_wide.h"

#include "requantize.h"

void wb_slopes_wide(const struct wb_slopes_wide *slopes, int32_t count, int32_t backwards, const int16_t *input,
                    int16_t *output)
{
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;
        const int32_t given = input[place];
        const int32_t value = given < 0 ? wb_requantize(given, slopes->multiplier_below, slopes->shift_below)
                                        : wb_requantize(given, slopes->multiplier, slopes->shift);

        output[place] = (int16_t)wb_clamp(value, slopes->lowest, slopes->highest);
    }
}
