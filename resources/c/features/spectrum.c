/* SPDX-License-Identifier: 0BSD */
#include "spectrum.h"

#include "exact_float.h"

#include <math.h>

/* The lower bits of `index` in reverse order, as many as `length` has beside its single one. */
static size_t reversed_bits(size_t index, size_t length)
{
    size_t reversed = 0;
    for (size_t bit = 1; bit < length; bit *= 2U) {
        reversed = reversed * 2U + (index & 1U);
        index /= 2U;
    }
    return reversed;
}

/* One channel, centred and windowed, in the order the transform starts from. */
static void load(const features_spectrum_tables *tables, const float *x, size_t rows, size_t stride, float *re,
                 float *im)
{
    float sum = 0.0f;
    for (size_t t = 0; t < rows; ++t) {
        sum += x[t * stride];
    }
    const float mean = sum / (float)rows;
    for (size_t t = 0; t < tables->length; ++t) {
        const size_t place = reversed_bits(t, tables->length);
        re[place] = t < rows ? (x[t * stride] - mean) * tables->hann[t] : 0.0f;
        im[place] = 0.0f;
    }
}

/* The Fourier transform in place: iterative, radix 2, decimation in time. */
static void transform(const features_spectrum_tables *tables, float *re, float *im)
{
    const size_t n = tables->length;
    for (size_t half = 1; half < n; half *= 2U) {
        const size_t step = n / (2U * half);
        for (size_t start = 0; start < n; start += 2U * half) {
            for (size_t j = 0; j < half; ++j) {
                const float w_re = tables->twiddle_re[j * step];
                const float w_im = tables->twiddle_im[j * step];
                const size_t a = start + j;
                const size_t b = a + half;
                const float t_re = re[b] * w_re - im[b] * w_im;
                const float t_im = re[b] * w_im + im[b] * w_re;
                re[b] = re[a] - t_re;
                im[b] = im[a] - t_im;
                re[a] = re[a] + t_re;
                im[a] = im[a] + t_im;
            }
        }
    }
}

void features_spectrum(const features_spectrum_tables *tables, const float *window, size_t rows, size_t channels,
                       float *state, float *features)
{
    float *const re = state;
    float *const im = state + tables->length;
    for (size_t c = 0; c < channels; ++c) {
        load(tables, window + c, rows, channels, re, im);
        transform(tables, re, im);
        for (size_t band = 0; band < tables->bands; ++band) {
            float power = 0.0f;
            for (size_t k = tables->edges[band]; k < tables->edges[band + 1U]; ++k) {
                power += re[k] * re[k] + im[k] * im[k];
            }
            features[band * channels + c] = sqrtf(sqrtf(power) * tables->gain);
        }
    }
}
