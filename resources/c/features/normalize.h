/* SPDX-License-Identifier: 0BSD */
/* From a feature to a number of the model's input: normalisation and quantization. */
#ifndef FEATURES_NORMALIZE_H
#define FEATURES_NORMALIZE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* (value - mean[index % pairs]) / std[index % pairs], in float. */
float features_normalize(float value, size_t index, const float *mean, const float *std, size_t pairs);

/* round(value / scale) + zero_point, halves to even, held within low..high; NaN becomes zero_point. */
int32_t features_quantize(float value, float scale, int32_t zero_point, int32_t low, int32_t high);

#ifdef __cplusplus
}
#endif

#endif
