/* SPDX-License-Identifier: 0BSD */
#include "statistics.h"

#include "exact_float.h"

#include <math.h>

/* `x` is the channel's first sample; the next one lies `stride` further on. */
static void one_channel(const float *x, size_t rows, size_t stride, float *features)
{
    const float length = (float)rows;
    const float steps = rows > 1U ? (float)(rows - 1U) : 1.0f;
    float sum = 0.0f;
    for (size_t t = 0; t < rows; ++t) {
        sum += x[t * stride];
    }
    const float mean = sum / length;

    float spread = 0.0f;
    float square = 0.0f;
    float smallest = x[0];
    float largest = x[0];
    float change = 0.0f;
    size_t crossings = 0;
    for (size_t t = 0; t < rows; ++t) {
        const float value = x[t * stride];
        const float centred = value - mean;
        spread += centred * centred;
        square += value * value;
        smallest = value < smallest ? value : smallest;
        largest = value > largest ? value : largest;
        if (t > 0U) {
            const float before = x[(t - 1U) * stride];
            change += fabsf(value - before);
            crossings += (value >= mean) != (before >= mean) ? 1U : 0U;
        }
    }
    features[0] = mean;
    features[1] = sqrtf(spread / length);
    features[2] = sqrtf(square / length);
    features[3] = smallest;
    features[4] = largest;
    features[5] = change / steps;
    features[6] = (float)crossings / steps;
}

void features_statistics(const float *window, size_t rows, size_t channels, float *features)
{
    for (size_t c = 0; c < channels; ++c) {
        one_channel(window + c, rows, channels, features + c * (size_t)FEATURES_STATISTICS_PER_CHANNEL);
    }
}
