/* Four dense outputs at a time, for cores without DSP; dense_block_dsp.S is for those with it. */
#include "dense_block.h"

#include "dual.h"

#if !WB_DSP

#define IN_ONE_GO 64 /* groups; 256 times the sum of b fits into 32 bits then */

/* Adds to the doubled sums of two outputs over a row of inputs; weights: of the first group, two words of four. */
static void two_sums(const uint32_t *weights, const uint8_t *input, int32_t groups, uint32_t *doubled)
{
    while (groups > 0) {
        uint32_t both = 0, low = 0; /* of a + 256 b, of a alone */
        int32_t left = groups < IN_ONE_GO ? groups : IN_ONE_GO;

        groups -= left;
        for (; left > 0; left--, weights += WB_DENSE_TOGETHER, input += 4) {
            const uint32_t even = input[0] | (uint32_t)input[2] << 16;
            const uint32_t odd = input[1] | (uint32_t)input[3] << 16;

            both = wb_dual(odd, weights[1], wb_dual(even, weights[0], both));
            low = wb_dual(odd, wb_low_bytes(weights[1]), wb_dual(even, wb_low_bytes(weights[0]), low));
        }
        doubled[0] += low << 1;
        doubled[1] += (uint32_t)((int32_t)(both - low) >> 7);
    }
}

void wb_dense_block(const uint32_t *stream, const uint8_t *input, int32_t groups, int32_t blocks, uint8_t *output,
                    int32_t output_step, const uint32_t *constants, int32_t constants_step)
{
    uint32_t doubled[WB_DENSE_TOGETHER];
    int32_t place;

    for (; blocks > 0; blocks--, output += output_step) {
        for (place = 0; place < WB_DENSE_TOGETHER; place++) {
            doubled[place] = *stream++;
        }
        two_sums(stream, input, groups, doubled);
        two_sums(stream + 2, input, groups, doubled + 2);
        stream += WB_DENSE_TOGETHER * groups;
        for (place = 0; place < WB_DENSE_TOGETHER; place++, constants += constants_step / 4) {
            output[place] = wb_packed_activation(doubled[place], (int32_t)constants[0], (int32_t)constants[1],
                                                 (int32_t)constants[2]);
        }
    }
}

#endif
