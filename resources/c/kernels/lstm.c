/* UNIDIRECTIONAL_SEQUENCE_LSTM, one step of one sequence after the other as they lie in memory. */
#include "lstm.h"

#include "requantize.h"
#include "smooth.h"

#define GATES 4
#define CELL_GATE 2
#define OF_FORGET (2 * GATES)
#define OF_INPUT (OF_FORGET + 1)
#define OF_ANSWER (OF_FORGET + 2)
#define GATE_STEPS 3 /* a gate's input is in steps of 2^-12, the table's in a third of these */

static int32_t int16_of(int32_t value)
{
    return wb_clamp(value, INT16_MIN, INT16_MAX);
}

static int32_t scaled(const struct wb_lstm *lstm, int32_t value, int32_t place)
{
    return wb_requantize(value, lstm->multiplier[place], lstm->shift[place]);
}

static int32_t sum_of(const int8_t *weights, const uint8_t *values, int32_t count, int32_t zero_point, int32_t sum)
{
    int32_t i;

    for (i = 0; i < count; i++) {
        sum += weights[i] * (values[i] - zero_point);
    }
    return sum;
}

static void fill_gates(const struct wb_lstm *lstm, const uint8_t *input, const uint8_t *answers, int16_t *gates)
{
    const int8_t *weights = lstm->weights, *unit_weights = lstm->unit_weights;
    const int32_t *bias = lstm->bias;
    int32_t gate, unit;

    for (gate = 0; gate < GATES; gate++) {
        for (unit = 0; unit < lstm->units; unit++, weights += lstm->depth, unit_weights += lstm->units) {
            const int32_t fresh = sum_of(weights, input, lstm->depth, lstm->zero_input, *bias++);
            const int32_t former = sum_of(unit_weights, answers, lstm->units, lstm->zero_output, 0);
            const int32_t value =
                int16_of(int16_of(scaled(lstm, fresh, gate)) + int16_of(scaled(lstm, former, GATES + gate)));

            *gates++ = (int16_t)(gate == CELL_GATE ? wb_tanh_of(value * GATE_STEPS, lstm->table)
                                                   : wb_logistic_of(value * GATE_STEPS, lstm->table));
        }
    }
}

static void update(const struct wb_lstm *lstm, const int16_t *gates, uint8_t *answers, int16_t *cells)
{
    int32_t unit;

    for (unit = 0; unit < lstm->units; unit++, gates++) {
        const int32_t input = gates[0], forget = gates[lstm->units];
        const int32_t fresh = gates[2 * lstm->units], shown = gates[3 * lstm->units];
        const int32_t kept = int16_of(scaled(lstm, forget * cells[unit], OF_FORGET));
        int32_t cell = int16_of(kept + int16_of(scaled(lstm, input * fresh, OF_INPUT)));
        int32_t raised;

        if (lstm->clip > 0) {
            cell = wb_clamp(cell, -lstm->clip, lstm->clip);
        }
        cells[unit] = (int16_t)cell;
        raised = wb_tanh_of(wb_table_steps(cell, lstm->tanh_multiplier, lstm->tanh_shift), lstm->table);
        raised = scaled(lstm, raised * shown, OF_ANSWER) + lstm->zero_output;
        answers[unit] = (uint8_t)wb_clamp(raised, 0, 255);
    }
}

void wb_lstm(const struct wb_lstm *lstm, const uint8_t *input, uint8_t *answers, int16_t *cells, uint8_t *output,
             int16_t *gates)
{
    const int32_t turns = lstm->batches * lstm->steps;
    int32_t turn, unit;

    for (turn = 0; turn < turns; turn++) {
        const int32_t batch = lstm->time_major ? turn % lstm->batches : turn / lstm->steps;
        uint8_t *own = answers + batch * lstm->units;

        fill_gates(lstm, input + turn * lstm->depth, own, gates);
        update(lstm, gates, own, cells + batch * lstm->units);
        for (unit = 0; unit < lstm->units; unit++) {
            output[turn * lstm->units + unit] = own[unit];
        }
    }
}
