#ifndef WB_SMOOTH_WIDE_H
#define WB_SMOOTH_WIDE_H

#include <stdint.h>

/* LOGISTIC and TANH of int16: table has 256 values of the logistic function at i / 24 in steps of 2^-16; the input times
 * multiplier * 2^-shift are steps of 1 / 12288. */
void wb_logistic_wide(int32_t multiplier, int32_t shift, int32_t count, int32_t backwards, const uint16_t *table,
                      const int16_t *input, int16_t *output);
void wb_tanh_wide(int32_t multiplier, int32_t shift, int32_t count, int32_t backwards, const uint16_t *table,
                  const int16_t *input, int16_t *output);

/* SOFTMAX of int16 over rows of length elements. Tables of 513 values each: exp from -10 to 0, and 1 / (1 + x) from 0 to
 * 1, in steps of 2^-15; multiplier and shift take a difference to steps of 10 / 65535. */
void wb_softmax_wide(int32_t multiplier, int32_t shift, int32_t rows, int32_t length, int32_t backwards,
                     const int16_t *exponentials, const int16_t *reciprocals, const int16_t *input, int16_t *output);

#endif
