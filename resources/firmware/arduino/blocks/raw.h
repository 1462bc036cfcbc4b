/* $banner */
/* Raw samples: the model sees the window itself, normalised. */
#ifndef BLOCK_H
#define BLOCK_H

#include "model_info.h"
#include "normalize.h"
#include "raw.h"

static inline void block_prepare(const model_sample_t *window)
{
    (void)window;
}

static inline float block_value(const model_sample_t *window, size_t index)
{
    return features_normalize(features_raw(window, index), index, MODEL_MEAN, MODEL_STD, MODEL_PAIRS);
}

#endif
