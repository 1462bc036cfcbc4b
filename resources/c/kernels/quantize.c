/* QUANTIZE and DEQUANTIZE: between real values, int8, int16 and int32. */
#include "quantize.h"

#include "element.h"
#include "requantize.h"

/* The nearest whole number, halves away from zero, held within low..high; NaN becomes low. */
static int32_t rounded(float steps, int32_t low, int32_t high)
{
    int32_t whole;
    float rest;

    if (!(steps > (float)low)) {
        return low;
    }
    if (steps >= (float)high) {
        return high;
    }
    whole = (int32_t)steps;
    rest = steps - (float)whole;
    return rest >= 0.5f ? whole + 1 : rest <= -0.5f ? whole - 1 : whole;
}

void wb_quantize(const struct wb_affine *affine, int32_t count, int32_t backwards, const float *input, void *output)
{
    const int32_t low = affine->lowest - affine->zero_point, high = affine->highest - affine->zero_point;
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;

        wb_store(output, place, affine->wide, rounded(input[place] / affine->scale, low, high) + affine->zero_point);
    }
}

void wb_dequantize(const struct wb_affine *affine, int32_t count, int32_t backwards, const void *input, float *output)
{
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;

        output[place] = affine->scale * (float)(wb_load(input, place, affine->wide) - affine->zero_point);
    }
}

/* An element with the output's scale and zero point. */
static int32_t rescaled(const struct wb_rescale *rescale, const void *input, int32_t place)
{
    const int32_t given = wb_load(input, place, rescale->wide_input) - rescale->zero_input;

    return wb_requantize(given, rescale->multiplier, rescale->shift) + rescale->zero_output;
}

void wb_rescale(const struct wb_rescale *rescale, int32_t count, int32_t backwards, const void *input, void *output)
{
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;
        const int32_t value = wb_clamp(rescaled(rescale, input, place), rescale->lowest, rescale->highest);

        wb_store(output, place, rescale->wide_output, value);
    }
}

void wb_rescale_to_int32(const struct wb_rescale *rescale, int32_t count, int32_t backwards, const void *input,
                         int32_t *output)
{
    int32_t turn;

    for (turn = 0; turn < count; turn++) {
        const int32_t place = backwards ? count - 1 - turn : turn;

        output[place] = rescaled(rescale, input, place);
    }
}
