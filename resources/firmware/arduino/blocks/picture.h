/* $banner */
/* Raw pixels: the model sees the picture itself, normalised. */
#ifndef BLOCK_H
#define BLOCK_H

#include "model_info.h"
#include "normalize.h"
#include "raw.h"

static inline void block_prepare(const model_sample_t *picture)
{
    (void)picture;
}

static inline float block_value(const model_sample_t *picture, size_t index)
{
    return features_normalize(features_raw_picture(picture, index), index, MODEL_MEAN, MODEL_STD, MODEL_PAIRS);
}

#endif
