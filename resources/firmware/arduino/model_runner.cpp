/* $banner */
#include "model_runner.h"

/* Names the library to the Arduino build, which then finds the headers below it. */
#include <$library_header>

#include <tensorflow/lite/micro/micro_interpreter.h>
#include <tensorflow/lite/micro/micro_mutable_op_resolver.h>
#include <tensorflow/lite/schema/schema_generated.h>

#include "block.h"
#include "model_data.h"
#include "normalize.h"

static tflite::MicroInterpreter *interpreter = nullptr;
static const char *last_error = "";

static bool fail(const char *why)
{
    last_error = why;
    return false;
}

bool model_begin(uint8_t *arena, size_t arena_bytes)
{
    const tflite::Model *const model = tflite::GetModel(model_data);
#ifdef TFLITE_SCHEMA_VERSION /* not every version of the library says it */
    if (model->version() != TFLITE_SCHEMA_VERSION) {
        return fail("The library and the model disagree on the model format: update the TensorFlow Lite Micro library.");
    }
#endif

    /* Exactly the operators of this model: every other one would only take flash. */
    static tflite::MicroMutableOpResolver<$operator_count> resolver;
    if ($add_operators) {
        return fail("The TensorFlow Lite Micro library lacks an operator of this model: update the library.");
    }

    static tflite::MicroInterpreter the_interpreter(model, resolver, arena, arena_bytes);
    if (the_interpreter.AllocateTensors() != kTfLiteOk) {
        return fail("AllocateTensors failed: the arena is too small for this version of the library. "
                    "Raise ARENA_SPARE at the top of the sketch by 1024 and try again.");
    }
    if (the_interpreter.input(0)->bytes != MODEL_INPUT_VALUES * sizeof(model_input_t) ||
        the_interpreter.output(0)->bytes != MODEL_OUTPUT_VALUES * sizeof(model_output_t)) {
        return fail("model_data.cpp and model_info.h belong to different models: export the folder again.");
    }
    interpreter = &the_interpreter;
    last_error = "";
    return true;
}

size_t model_arena_used()
{
    return interpreter == nullptr ? 0 : interpreter->arena_used_bytes();
}

bool model_run(const model_sample_t *window, float *outputs)
{
    if (interpreter == nullptr) {
        return fail("model_run was called before model_begin succeeded.");
    }
    block_prepare(window);
    model_input_t *const input = interpreter->input(0)->data.$input_field;
    for (size_t i = 0; i < MODEL_INPUT_VALUES; ++i) {
        input[i] = $input_value;
    }
    if (interpreter->Invoke() != kTfLiteOk) {
        return fail("Invoke failed: the TensorFlow Lite Micro library cannot run this model.");
    }
    const model_output_t *const output = interpreter->output(0)->data.$output_field;
    for (size_t i = 0; i < MODEL_OUTPUT_VALUES; ++i) {
        outputs[i] = $output_value;
    }
    return true;
}

const char *model_error()
{
    return last_error;
}
