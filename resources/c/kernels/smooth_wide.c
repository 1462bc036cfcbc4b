/* LOGISTIC, TANH and SOFTMAX of int16, between the values of tables. */
#include "smooth_wide.h"

#include "requantize.h"
#include "smooth.h"

void wb_logistic_wide(int32_t multiplier, int32_t shift, int32_t count, int32_t backwards, const uint16_t *table,
                      const int16_t *input, int16_t *output)
{
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;

        output[place] = (int16_t)wb_logistic_of(wb_table_steps(input[place], multiplier, shift), table);
    }
}

void wb_tanh_wide(int32_t multiplier, int32_t shift, int32_t count, int32_t backwards, const uint16_t *table,
                  const int16_t *input, int16_t *output)
{
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;

        output[place] = (int16_t)wb_tanh_of(wb_table_steps(input[place], multiplier, shift), table);
    }
}

static int32_t looked_up(const int16_t *table, int32_t value)
{
    const int32_t held = wb_clamp(value, INT16_MIN, INT16_MAX);
    const int32_t place = 256 + (held >> 7);

    return table[place] + (((table[place + 1] - table[place]) * (held & 0x7f) + 64) >> 7);
}

static int32_t exponential(const int16_t *exponentials, int32_t below, int32_t multiplier, int32_t shift)
{
    return looked_up(exponentials, wb_requantize(below, multiplier, shift) + 32767);
}

void wb_softmax_wide(int32_t multiplier, int32_t shift, int32_t rows, int32_t length, int32_t backwards,
                     const int16_t *exponentials, const int16_t *reciprocals, const int16_t *input, int16_t *output)
{
    int32_t turn, i;

    for (turn = 0; turn < rows; turn++) {
        const int32_t row = (backwards ? rows - 1 - turn : turn) * length;
        int32_t greatest = INT16_MIN, sum = 0, zeros = 1, factor;

        for (i = 0; i < length; i++) {
            greatest = input[row + i] > greatest ? input[row + i] : greatest;
        }
        for (i = 0; i < length; i++) {
            sum += exponential(exponentials, input[row + i] - greatest, multiplier, shift);
        }
        while (zeros < 31 && (sum >> (31 - zeros)) == 0) {
            zeros++; /* in front of the sum */
        }
        factor = (int32_t)((((int64_t)sum << (zeros - 1)) + (1 << 13)) >> 14);
        factor = looked_up(reciprocals, factor - (1 << 15) - (1 << 16));
        for (i = 0; i < length; i++) {
            const int32_t place = row + (backwards ? length - 1 - i : i);
            const int32_t raised = exponential(exponentials, input[place] - greatest, multiplier, shift);
            const int32_t right = 31 - zeros;
            const int32_t value = (int32_t)(((int64_t)raised * factor + ((int64_t)1 << (right - 1))) >> right);

            output[place] = (int16_t)wb_clamp(value, 0, INT16_MAX);
        }
    }
}
