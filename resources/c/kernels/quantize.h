#ifndef WB_QUANTIZE_H
#define WB_QUANTIZE_H

#include <stdint.h>

/* real = scale * (stored - zero_point), stored from lowest to highest; wide: int16 instead of uint8. */
struct wb_affine {
    float scale;
    int32_t zero_point, lowest, highest;
    int32_t wide;
};

/* From one zero point and width to others, times a factor; to int32, limits and wide_output do not count. */
struct wb_rescale {
    int32_t multiplier, shift;
    int32_t zero_input, zero_output, lowest, highest;
    int32_t wide_input, wide_output;
};

void wb_quantize(const struct wb_affine *affine, int32_t count, int32_t backwards, const float *input, void *output);
void wb_dequantize(const struct wb_affine *affine, int32_t count, int32_t backwards, const void *input, float *output);
void wb_rescale(const struct wb_rescale *rescale, int32_t count, int32_t backwards, const void *input, void *output);
void wb_rescale_to_int32(const struct wb_rescale *rescale, int32_t count, int32_t backwards, const void *input,
                         int32_t *output);

#endif
