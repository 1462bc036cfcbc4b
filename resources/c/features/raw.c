/* SPDX-License-Identifier: 0BSD */
#include "raw.h"

float features_raw(const float *window, size_t index)
{
    return window[index];
}

float features_raw_picture(const uint8_t *picture, size_t index)
{
    return (float)picture[index];
}
