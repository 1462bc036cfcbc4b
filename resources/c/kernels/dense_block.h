#ifndef WB_DENSE_BLOCK_H
#define WB_DENSE_BLOCK_H

#include <stdint.h>

#define WB_DENSE_TOGETHER 4 /* outputs whose sums are kept in registers at once */

/* Dense outputs, four at a time, a to d, from one row of inputs. stream, for each four: the four biases, doubled; then,
 * for each four inputs k, the words with a + 256 b of k 0 2 and 1 3 and the same with c + 256 d. constants: multiplier,
 * offset and shift of the first output, and constants_step bytes further those of the next. After four outputs, the next
 * four lie output_step bytes further. groups: of four inputs. input lies at a whole word. */
void wb_dense_block(const uint32_t *stream, const uint8_t *input, int32_t groups, int32_t blocks, uint8_t *output,
                    int32_t output_step, const uint32_t *constants, int32_t constants_step);

#endif
