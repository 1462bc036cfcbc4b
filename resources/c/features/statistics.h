/* SPDX-License-Identifier: 0BSD */
/* Seven statistics per channel: mean, standard deviation, RMS, minimum, maximum, mean change from one sample to the
 * next, and the share of steps at which the signal crosses its mean. */
#ifndef FEATURES_STATISTICS_H
#define FEATURES_STATISTICS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { FEATURES_STATISTICS_PER_CHANNEL = 7 };

/* `window` holds rows * channels samples, x[t][c] at t * channels + c; rows is at least 1.
 * `features` receives channels * 7 values: statistic s of channel c at c * 7 + s. */
void features_statistics(const float *window, size_t rows, size_t channels, float *features);

#ifdef __cplusplus
}
#endif

#endif
