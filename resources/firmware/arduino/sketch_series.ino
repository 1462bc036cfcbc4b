/* $banner */
/*
 * Reads the sensors $rate_text, keeps the last $window_text, and runs the model $stride_text.
 * This file and sensors.cpp are yours to change; a later export keeps your changes.
 */
#include <string.h>

#include "model_info.h"
#include "model_runner.h"
#include "sensors.h"

${arena}static float window[MODEL_WINDOW_ROWS * MODEL_CHANNELS]; /* oldest row first */
static size_t filled = 0;                                /* rows in the window */
static size_t to_skip = 0;                               /* rows to drop before the next window starts */
static uint32_t next_row = 0;                            /* when the next row is due, on the sampling clock */
static uint32_t millionths = 0;                          /* of a clock tick, carried from row to row */
static uint32_t lost_rows = 0;                           /* rows that could not be read in time */

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
    if (!model_run(window, outputs)) {
        Serial.println(model_error());
        return;
    }
    const uint32_t took = micros() - before;
$print_outputs
    Serial.print("  took_us ");
    Serial.println((unsigned long)took);
    if (lost_rows > 0) {
        Serial.print("  lost_rows ");
        Serial.println((unsigned long)lost_rows);
    }
}

/* Keep what the next window shares with this one. */
void next_window()
{
#if MODEL_STRIDE_ROWS >= MODEL_WINDOW_ROWS
    filled = 0;
    to_skip = MODEL_STRIDE_ROWS - MODEL_WINDOW_ROWS;
#else
    filled = MODEL_WINDOW_ROWS - MODEL_STRIDE_ROWS;
    memmove(window, window + MODEL_STRIDE_ROWS * MODEL_CHANNELS, filled * MODEL_CHANNELS * sizeof(float));
#endif
}

/* Move to the next row's time; false while it has not come. */
bool row_is_due()
{
    /* The signed difference stays right when the clock wraps around. */
    const int32_t late = (int32_t)(MODEL_CLOCK() - next_row);
    if (late < 0) {
        return false;
    }
    const uint32_t lost = (uint32_t)late / MODEL_ROW_TICKS;
    lost_rows += lost;
    next_row += (lost + 1U) * MODEL_ROW_TICKS;
    millionths += MODEL_ROW_MILLIONTHS;
    if (millionths >= 1000000UL) {
        millionths -= 1000000UL;
        next_row += 1U;
    }
    return true;
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
    if (!begin_sensors()) {
        stop_with("The sensors do not answer: see sensors.cpp.");
    }
    next_row = MODEL_CLOCK();
}

void loop()
{
    if (!row_is_due()) {
        return;
    }
    float row[MODEL_CHANNELS];
    if (!read_sensors(row)) {
        Serial.println("No sensor values: fill in read_sensors() in sensors.cpp.");
        delay(1000);
        next_row = MODEL_CLOCK();
        return;
    }
    if (to_skip > 0) {
        --to_skip;
        return;
    }
    memcpy(window + filled * MODEL_CHANNELS, row, sizeof(row));
    if (++filled == MODEL_WINDOW_ROWS) {
        predict();
        next_window();
    }
}
