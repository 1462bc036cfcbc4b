/* SOFTMAX over rows, its exponentials from a table. */
#include "softmax.h"

#include "requantize.h"

#define SUM_SHIFT 12 /* the sum of exponentials has twelve integer bits */
#define MOST_SHIFT 31 /* past it, when the sum is 512 or more, every quotient rounds to 0 */
#define ONE_IN_4 ((int32_t)1 << 29) /* 1 with two integer bits */

/* 1 / (1 + x) for x from 0 to 1, both without integer bits, by three steps of Newton's. */
static int32_t reciprocal(int32_t x)
{
    const int32_t half = (int32_t)(((uint32_t)x + 0x80000000u) >> 1);
    int32_t guess = 1515870810 + wb_high_multiply(half, -1010580540); /* 48/17 - 32/17 half, two integer bits */
    int32_t turn;

    for (turn = 0; turn < 3; turn++) {
        const int32_t error = ONE_IN_4 - wb_high_multiply(half, guess);

        guess += wb_high_multiply(guess, error) * 4;
    }
    return guess > INT32_MAX / 2 ? INT32_MAX : guess * 2;
}

static void row_of(const uint8_t *input, uint8_t *output, int32_t length, const int32_t *exponentials, int32_t known,
                   int32_t backwards)
{
    const int32_t step = backwards ? -1 : 1;
    int32_t i, place, factor, shift, greatest = 0;
    uint32_t sum = 0;

    for (i = 0; i < length; i++) {
        greatest = input[i] > greatest ? input[i] : greatest;
    }
    for (i = 0; i < length; i++) {
        const int32_t below = greatest - input[i];

        if (below < known) {
            sum += (uint32_t)wb_shift_right(exponentials[below], SUM_SHIFT);
        }
    }
    for (shift = SUM_SHIFT + 31 - 8; (sum & 0x80000000u) == 0; shift--) {
        sum <<= 1;
    }
    factor = reciprocal((int32_t)(sum & 0x7fffffffu)); /* the uppermost bit stands for the 1 */
    place = backwards ? length - 1 : 0;
    for (i = 0; i < length; i++, place += step) {
        const int32_t below = greatest - input[place];
        const int32_t value =
            below < known && shift <= MOST_SHIFT
                ? wb_shift_right(wb_high_multiply(factor, exponentials[below]), shift)
                : 0;

        output[place] = (uint8_t)(value > 255 ? 255 : value);
    }
}

void wb_softmax(const uint8_t *input, uint8_t *output, int32_t rows, int32_t length, const int32_t *exponentials,
                int32_t known, int32_t backwards)
{
    int32_t turn;

    for (turn = 0; turn < rows; turn++) {
        const int32_t first = (backwards ? rows - 1 - turn : turn) * length;

        row_of(input + first, output + first, length, exponentials, known, backwards);
    }
}
