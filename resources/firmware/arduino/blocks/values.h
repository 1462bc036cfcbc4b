/* $banner */
/* No feature block: the sketch fills in the model's own input values. */
#ifndef BLOCK_H
#define BLOCK_H

#include "model_info.h"

static inline void block_prepare(const model_sample_t *values)
{
    (void)values;
}

static inline float block_value(const model_sample_t *values, size_t index)
{
    return values[index];
}

#endif
