#ifndef WB_MEAN_WORDS_H
#define WB_MEAN_WORDS_H

#include <stdint.h>

#include "mean.h"

/* The mean of each channel over all pixels of a plane, 257 at most, for planes that follow one another; channels are a
 * multiple of four, and all lies at whole words. */
void wb_mean_words(const struct wb_mean *mean, int32_t planes, int32_t pixels, int32_t channels, int32_t backwards,
                   const uint8_t *input, uint8_t *output);

#endif
