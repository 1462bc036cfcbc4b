/* SPDX-License-Identifier: 0BSD */
/* The amplitude spectrum per channel, summed into bands. */
#ifndef FEATURES_SPECTRUM_H
#define FEATURES_SPECTRUM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The constants of the transform, made by the program that fitted the model. */
typedef struct {
    size_t length;           /* n, a power of two, at least the number of rows and at least 4 */
    const float *hann;       /* one a row */
    const float *twiddle_re; /* n / 2:  cos(2 pi k / n) */
    const float *twiddle_im; /* n / 2: -sin(2 pi k / n) */
    size_t bands;
    const uint16_t *edges; /* bands + 1: band b sums the powers edges[b] .. edges[b + 1] - 1 */
    float gain;
} features_spectrum_tables;

/* `window` holds rows * channels samples, x[t][c] at t * channels + c. `state` is working memory for 2 * n floats.
 * `features` receives bands * channels values: band b of channel c at b * channels + c, the square root of the
 * band's RMS amplitude in the channel's unit. */
void features_spectrum(const features_spectrum_tables *tables, const float *window, size_t rows, size_t channels,
                       float *state, float *features);

#ifdef __cplusplus
}
#endif

#endif
