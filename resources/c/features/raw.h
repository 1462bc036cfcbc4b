/* SPDX-License-Identifier: 0BSD */
/* Raw samples: feature i of a window is its i-th value in C order. */
#ifndef FEATURES_RAW_H
#define FEATURES_RAW_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Feature `index` of a window of samples, x[t][c] at t * C + c. */
float features_raw(const float *window, size_t index);

/* Feature `index` of a picture with values 0..255, x[row][column][c] at (row * W + column) * C + c. */
float features_raw_picture(const uint8_t *picture, size_t index);

#ifdef __cplusplus
}
#endif

#endif
