/* Four output pixels of a convolution, for cores without DSP; convolution_block.S is for those with it. */
#include "convolution_block.h"

#include "dual.h"

#if !WB_DSP

/* The sums of two filters over one pixel, each doubled. */
struct two {
    uint32_t a, b;
};

static struct two sums(const uint32_t *weights, int32_t pairs, const uint32_t *inputs)
{
    uint32_t both = 0, low = 0; /* of a + 256 b, of a alone */
    struct two doubled;
    int32_t pair;

    for (pair = 0; pair < pairs; pair++) {
        const uint32_t x = inputs[WB_BLOCK_PIXELS * pair];

        both = wb_dual(x, weights[pair], both);
        low = wb_dual(x, wb_low_bytes(weights[pair]), low);
    }
    doubled.a = low << 1;
    doubled.b = (uint32_t)((int32_t)(both - low) >> 7);
    return doubled;
}

/* One filter, from where its constants stand. */
static uint8_t activation(uint32_t doubled, const uint32_t *constants, uint32_t shift)
{
    return wb_packed_activation(constants[0] + doubled, (int32_t)constants[1], (int32_t)constants[2], (int32_t)shift);
}

void wb_convolution_block(const uint32_t *stream, const uint32_t *buffer, int32_t pairs, uint8_t *output,
                          int32_t filters, int32_t pixels)
{
    int32_t filter, pixel;

    for (filter = 0; filter < filters; filter += 2, stream += pairs + 7) {
        const uint32_t *const constants = stream + pairs;
        const uint32_t shifts = constants[3];

        for (pixel = 0; pixel < pixels; pixel++) {
            const struct two doubled = sums(stream, pairs, buffer + pixel);
            uint8_t *const to = output + pixel * filters + filter;

            to[0] = activation(doubled.a, constants, shifts & 0xffu);
            if (filter + 1 < filters) {
                to[1] = activation(doubled.b, constants + 4, shifts >> 8);
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
