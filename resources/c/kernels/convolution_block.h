#ifndef WB_CONVOLUTION_BLOCK_H
#define WB_CONVOLUTION_BLOCK_H

#include <stdint.h>

/* Output pixels that are computed together. */
#define WB_BLOCK_PIXELS 4

/* All filters of a block of up to four output pixels, two filters a and b at a time.
 *
 * buffer: the block's inputs as half words, [pair of taps][pixel][tap of the pair]; in the lanes of pixels that are not
 * wanted, anything. stream, for each two filters: `pairs` words with a + 256 b of two taps in their halves; bias
 * doubled, multiplier and offset of a (see wb_packed_activation); a's shift, and b's times 256; then bias doubled,
 * multiplier and offset of b. Without a partner, the last filter has b = 0. output: the first pixel's filters. */
typedef void wb_block(const uint32_t *stream, const uint32_t *buffer, int32_t pairs, uint8_t *output, int32_t filters,
                      int32_t pixels);

wb_block wb_convolution_block;
wb_block wb_convolution_block_relu; /* for an output whose zero point as stored is 0 */

#endif
