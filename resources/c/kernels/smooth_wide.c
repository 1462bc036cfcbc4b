/* LOGISTIC, TANH and SOFTMAX of int16, between the values of tables. */
#include "smooth_wide.h"

#include "requantize.h"

/* An input in the steps that the table has, rounded. */
static int32_t in_steps(int32_t value, int32_t multiplier, int32_t shift)
{
    return (value * multiplier + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift;
}

/* The logistic function of a number from 0 on, whose place in the table is above its fraction of so many bits; the
 * result has these bits more than the table. */
static int32_t between(const uint16_t *table, uint32_t value, int32_t bits, int32_t most)
{
    const uint32_t place = value >> bits;
    const uint32_t rest = value & ((1u << bits) - 1u);

    if (place >= 255) {
        return most;
    }
    return (int32_t)(((uint32_t)table[place] << bits) + rest * (uint32_t)(table[place + 1] - table[place]));
}

void wb_logistic_wide(int32_t multiplier, int32_t shift, int32_t count, int32_t backwards, const uint16_t *table,
                      const int16_t *input, int16_t *output)
{
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;
        const int32_t x = in_steps(input[place], multiplier, shift);
        const int32_t y = between(table, (uint32_t)(x < 0 ? -x : x), 9, 0x7fff << 10);

        output[place] = (int16_t)((x >= 0 ? y + (1 << 9) : (1 << 25) - y + (1 << 9) - 1) >> 10);
    }
}

void wb_tanh_wide(int32_t multiplier, int32_t shift, int32_t count, int32_t backwards, const uint16_t *table,
                  const int16_t *input, int16_t *output)
{
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;
        const int32_t x = in_steps(input[place], multiplier, shift);
        const int32_t y = between(table, (uint32_t)(x < 0 ? -x : x), 8, 0xffff << 8);

        output[place] = (int16_t)((x >= 0 ? y - (1 << 23) + (1 << 7) : (1 << 23) - y + (1 << 7) - 1) >> 8);
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
