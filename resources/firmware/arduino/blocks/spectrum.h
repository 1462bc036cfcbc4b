/* $banner */
/* Amplitude spectrum per channel in bands, normalised. */
#ifndef BLOCK_H
#define BLOCK_H

#include "model_info.h"
#include "normalize.h"
#include "spectrum.h"

static float block_state[2 * MODEL_SPECTRUM_LENGTH];
static float block_features[MODEL_INPUT_VALUES];

static inline void block_prepare(const model_sample_t *window)
{
    static const features_spectrum_tables tables = {
        MODEL_SPECTRUM_LENGTH,  MODEL_SPECTRUM_HANN,  MODEL_SPECTRUM_TWIDDLE_RE, MODEL_SPECTRUM_TWIDDLE_IM,
        MODEL_SPECTRUM_BANDS, MODEL_SPECTRUM_EDGES, MODEL_SPECTRUM_GAIN,
    };
    features_spectrum(&tables, window, MODEL_WINDOW_ROWS, MODEL_CHANNELS, block_state, block_features);
}

static inline float block_value(const model_sample_t *window, size_t index)
{
    (void)window;
    return features_normalize(block_features[index], index, MODEL_MEAN, MODEL_STD, MODEL_PAIRS);
}

#endif
