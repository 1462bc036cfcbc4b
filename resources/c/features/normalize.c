/* SPDX-License-Identifier: 0BSD */
#include "normalize.h"

#include <math.h>

float features_normalize(float value, size_t index, const float *mean, const float *std, size_t pairs)
{
    const size_t pair = index % pairs;
    return (value - mean[pair]) / std[pair];
}

int32_t features_quantize(float value, float scale, int32_t zero_point, int32_t low, int32_t high)
{
    /* Held within bounds as a float first: a conversion to int32_t that overflows is undefined. */
    const float steps = rintf(value / scale);
    if (steps != steps) {
        return zero_point;
    }
    if (steps <= (float)(low - zero_point)) {
        return low;
    }
    if (steps >= (float)(high - zero_point)) {
        return high;
    }
    return (int32_t)steps + zero_point;
}
