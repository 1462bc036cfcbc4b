/* Four output pixels of a convolution, for cores without DSP; convolution_block_dsp.S is for those with it. */
#include "convolution_block.h"

#include "compiler.h"
#include "dual.h"

#if !WB_DSP

#define TOGETHER 2 /* pixels that share what is taken out of a word of weights; more do not fit into registers */

/* Of some pixels, the sums of a + 256 b and of a alone. */
struct sums {
    uint32_t both[TOGETHER], low[TOGETHER];
};

/* On its own, so that all of it stays in registers. */
static WB_NOINLINE struct sums summed(const uint32_t *weights, int32_t pairs, const uint32_t *inputs)
{
    const uint32_t *const end = weights + pairs;
    struct sums sums = {{0, 0}, {0, 0}};

    for (; weights != end; weights++, inputs += WB_BLOCK_PIXELS) {
        const uint32_t word = *weights;
        const uint32_t both = (uint32_t)wb_lower(word), upper_both = (uint32_t)wb_upper(word);
        const uint32_t low = (uint32_t)(int32_t)(int8_t)(word & 0xffu);
        const uint32_t upper_low = (uint32_t)(int32_t)(int8_t)(word >> 16 & 0xffu);
        uint32_t x = inputs[0] & 0xffffu;

        sums.both[0] += x * both;
        sums.low[0] += x * low;
        x = inputs[0] >> 16;
        sums.both[0] += x * upper_both;
        sums.low[0] += x * upper_low;
        x = inputs[1] & 0xffffu;
        sums.both[1] += x * both;
        sums.low[1] += x * low;
        x = inputs[1] >> 16;
        sums.both[1] += x * upper_both;
        sums.low[1] += x * upper_low;
    }
    return sums;
}

/* One filter, from where its constants stand. */
static uint8_t activation(uint32_t doubled, const uint32_t *constants, uint32_t shift)
{
    return wb_packed_activation(constants[0] + doubled, (int32_t)constants[1], (int32_t)constants[2], (int32_t)shift);
}

void wb_convolution_block(const uint32_t *stream, const uint32_t *buffer, int32_t pairs, uint8_t *output,
                          int32_t filters, int32_t pixels)
{
    int32_t filter, first, pixel;

    for (filter = 0; filter < filters; filter += 2, stream += pairs + 7) {
        const uint32_t *const constants = stream + pairs;
        const uint32_t shifts = constants[3];

        for (first = 0; first < pixels; first += TOGETHER) {
            const struct sums sums = summed(stream, pairs, buffer + first);

            for (pixel = 0; pixel < TOGETHER && first + pixel < pixels; pixel++) {
                uint8_t *const to = output + (first + pixel) * filters + filter;
                const uint32_t low = sums.low[pixel];

                to[0] = activation(low << 1, constants, shifts & 0xffu);
                if (filter + 1 < filters) {
                    const uint32_t doubled = (uint32_t)((int32_t)(sums.both[pixel] - low) >> 7);

                    to[1] = activation(doubled, constants + 4, shifts >> 8);
                }
            }
        }
    }
}

void wb_convolution_block_relu(const uint32_t *stream, const uint32_t *buffer, int32_t pairs, uint8_t *output,
                               int32_t filters, int32_t pixels)
{
    wb_convolution_block(stream, buffer, pairs, output, filters, pixels);
}

#endif
