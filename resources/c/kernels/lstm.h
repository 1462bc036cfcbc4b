#ifndef WB_LSTM_H
#define WB_LSTM_H

#include <stdint.h>

/* Gates are counted input, forget, cell, output. Weights are [gate][unit][input], or [gate][unit][unit] for what the
 * units answered before; multipliers and shifts are those of the four gates' inputs, then of the four gates' units, then
 * of forget x cell, of input x cell gate, and of the answer. Zero points as stored. */
struct wb_lstm {
    const int8_t *weights;
    const int8_t *unit_weights;
    const int32_t *bias;
    const int32_t *multiplier;
    const int8_t *shift;
    const uint16_t *table; /* of the logistic function */
    int16_t batches, steps, depth, units;
    int16_t time_major;
    int16_t zero_input, zero_output;
    int16_t clip;                         /* of the cells; 0: none */
    int16_t tanh_multiplier, tanh_shift; /* from cells to the table's steps */
};

/* UNIDIRECTIONAL_SEQUENCE_LSTM of int8 with cells of int16. answers and cells are kept from one call to the next; gates
 * are four int16 a unit. */
void wb_lstm(const struct wb_lstm *lstm, const uint8_t *input, uint8_t *answers, int16_t *cells, uint8_t *output,
             int16_t *gates);

#endif
