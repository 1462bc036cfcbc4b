/* Requantization with any multiplier, shift and limits: one copy for all kernels that are made small. */
#include "channels.h"

#include "requantize.h"

uint8_t wb_channels_activation(const struct wb_channels *channels, int32_t channel, uint32_t sum)
{
    const int32_t place = channel * channels->apart;
    const int32_t value = wb_requantize((int32_t)sum, channels->multiplier[place], channels->shift[place]);

    return (uint8_t)wb_clamp(value + channels->zero_point, channels->lowest, channels->highest);
}
