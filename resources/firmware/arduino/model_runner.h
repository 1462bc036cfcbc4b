/* $banner */
/* The model behind four functions. Nothing here needs to be changed. */
#ifndef MODEL_RUNNER_H
#define MODEL_RUNNER_H

#include <stddef.h>
#include <stdint.h>

#include "model_info.h"

/* Prepare the model$arena_words False when that failed: model_error() says why. */
bool model_begin(uint8_t *arena, size_t arena_bytes);

/* Bytes of the arena that the model really takes, after model_begin(). */
size_t model_arena_used();

/* From one window (or picture, or row of values) to the model's MODEL_OUTPUT_VALUES outputs.
 * False when that failed: model_error() says why. */
bool model_run(const model_sample_t *window, float *outputs);

/* Why the last call failed; empty when it did not. */
const char *model_error();

#endif
