#ifndef WB_FULLY_CONNECTED_PACKED_H
#define WB_FULLY_CONNECTED_PACKED_H

#include <stdint.h>

/* blocks: of four outputs, whose weights stand in stream, in the order in which they are computed, as dense_block.h says.
 * Behind them follow the up to three outputs left over: for each its bias, doubled, and then its weights in their order,
 * four to a word, with zeros behind the last. constants: multiplier, offset and shift of each output in the order in
 * which they are computed, constants_step words apart, or of all of them and a step of 0. */
struct wb_dense {
    const uint32_t *stream, *constants;
    int16_t rows, depth, blocks, left_over, constants_step, backwards;
};

/* Dense rows. The word in which a row of inputs ends is read as a whole, and the row starts at a whole word. */
void wb_fully_connected_packed(const struct wb_dense *dense, const uint8_t *input, uint8_t *output);

#endif
