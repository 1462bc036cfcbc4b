/* FULLY_CONNECTED at speed: a row of inputs is read once for four outputs. */
#include "fully_connected_packed.h"

#include "dense_block.h"
#include "dual.h"
#include "four_bytes.h"

/* The outputs that make no four; they are written when all of them are known, for they may lie on the input. */
static void left_over(const struct wb_dense *dense, const uint8_t *input, uint8_t *output, const uint32_t *constants)
{
    const int32_t groups = (dense->depth + 3) / 4;
    const uint32_t *word = dense->stream + dense->blocks * WB_DENSE_TOGETHER * (groups + 1);
    uint8_t held[WB_DENSE_TOGETHER];
    int32_t place, group;

    for (place = 0; place < dense->left_over; place++, constants += dense->constants_step) {
        const uint32_t bias = *word++;
        const uint8_t *from = input;
        uint32_t sum = 0;

        for (group = 0; group < groups; group++, word++, from += 4) {
            const uint32_t x = wb_four_bytes(from);

            sum = wb_dual(x & WB_EVEN_BYTES, wb_low_bytes(*word), sum);
            sum = wb_dual(x >> 8 & WB_EVEN_BYTES, wb_low_bytes(*word >> 8), sum);
        }
        held[place] = wb_packed_activation(bias + (sum << 1), (int32_t)constants[0], (int32_t)constants[1],
                                           (int32_t)constants[2]);
    }
    for (place = 0; place < dense->left_over; place++) {
        output[place] = held[place];
    }
}

void wb_fully_connected_packed(const struct wb_dense *dense, const uint8_t *input, uint8_t *output)
{
    const int32_t blocks = dense->blocks, together = WB_DENSE_TOGETHER;
    const int32_t outputs = blocks * together + dense->left_over;
    const int32_t backwards = dense->backwards;
    const int32_t step = dense->constants_step;
    int32_t turn;

    for (turn = 0; turn < dense->rows; turn++) {
        const int32_t row = backwards ? dense->rows - 1 - turn : turn;
        const uint8_t *from = input + row * dense->depth;
        uint8_t *to = output + row * outputs;

        if (backwards) {
            left_over(dense, from, to + blocks * together, dense->constants);
        }
        if (blocks > 0) {
            wb_dense_block(dense->stream, from, (dense->depth + 3) / 4, blocks,
                           backwards ? to + (blocks - 1) * together : to, backwards ? -together : together,
                           dense->constants + (backwards ? dense->left_over * step : 0), step * 4);
        }
        if (!backwards) {
            left_over(dense, from, to + blocks * together, dense->constants + blocks * together * step);
        }
    }
}
