/* From the sums of output channels to activations, with any quantization. */
#ifndef WB_CHANNELS_H
#define WB_CHANNELS_H

#include <stdint.h>

/* Of each channel, or of all of them where apart is 0 and not 1: multiplier and shift. Of all: zero point and limits of
 * the output, as stored. */
struct wb_channels {
    const int32_t *bias;
    const int32_t *multiplier;
    const int8_t *shift;
    int16_t count, apart;
    int16_t zero_point, lowest, highest;
};

/* The activation of a channel whose sum, bias included, wrapped at 32 bits. */
uint8_t wb_channels_activation(const struct wb_channels *channels, int32_t channel, uint32_t sum);

#endif
