/* $banner */
#include "model_runner.h"

#include "block.h"
#include "network.h"
#include "normalize.h"

static const char *last_error = "";

bool model_begin(uint8_t *, size_t)
{
    return true; /* the network's memory is its own, laid out when it was generated */
}

size_t model_arena_used()
{
    return NETWORK_ARENA_BYTES;
}

bool model_run(const model_sample_t *window, float *outputs)
{
    block_prepare(window);
    model_input_t *const input = network_input();
    for (size_t i = 0; i < MODEL_INPUT_VALUES; ++i) {
        input[i] = $input_value;
    }
    if (network_invoke() != 0) {
        last_error = "The network did not run.";
        return false;
    }
    const model_output_t *const output = network_output();
    for (size_t i = 0; i < MODEL_OUTPUT_VALUES; ++i) {
        outputs[i] = $output_value;
    }
    return true;
}

const char *model_error()
{
    return last_error;
}
