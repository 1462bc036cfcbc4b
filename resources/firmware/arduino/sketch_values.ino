/* $banner */
/*
 * Runs the model on the values that read_values() gives.
 * This file and values.cpp are yours to change; a later export keeps your changes.
 */
#include "values.h"
#include "model_info.h"
#include "model_runner.h"

${arena}static model_sample_t values[MODEL_INPUT_VALUES];

void stop_with(const char *why)
{
    for (;;) {
        Serial.println(why);
        delay(5000);
    }
}

void predict()
{
    float outputs[MODEL_OUTPUT_VALUES];
    const uint32_t before = micros();
    if (!model_run(values, outputs)) {
        Serial.println(model_error());
        return;
    }
    const uint32_t took = micros() - before;
$print_outputs
    Serial.print("  took_us ");
    Serial.println((unsigned long)took);
}

void setup()
{
    Serial.begin(115200);
    while (!Serial && millis() < 5000UL) {
        /* Boards with USB of their own lose what they print before the serial monitor is open. */
    }
    Serial.println(MODEL_NAME);
    if (!model_begin($begin_arguments)) {
        stop_with(model_error());
    }
    Serial.print("arena_used_bytes ");
    Serial.println((unsigned long)model_arena_used());
    if (!begin_values()) {
        stop_with("What gives the values does not answer: see values.cpp.");
    }
}

void loop()
{
    if (!read_values(values)) {
        Serial.println("No values: fill in read_values() in values.cpp.");
        delay(1000);
        return;
    }
    predict();
}
