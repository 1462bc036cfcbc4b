/* $banner */
/* Statistics per channel, normalised. */
#ifndef BLOCK_H
#define BLOCK_H

#include "model_info.h"
#include "normalize.h"
#include "statistics.h"

static float block_features[MODEL_INPUT_VALUES];

static inline void block_prepare(const model_sample_t *window)
{
    features_statistics(window, MODEL_WINDOW_ROWS, MODEL_CHANNELS, block_features);
}

static inline float block_value(const model_sample_t *window, size_t index)
{
    (void)window;
    return features_normalize(block_features[index], index, MODEL_MEAN, MODEL_STD, MODEL_PAIRS);
}

#endif
