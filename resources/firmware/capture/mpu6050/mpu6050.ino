// Acceleration and rotation of an MPU-6050 on I2C at 100 Hz, in the workbench's native format.
#include <Arduino.h>
#include <Wire.h>

#include "workbench_stream.h"

// Registers: PWR_MGMT_1 0x6B, SMPLRT_DIV 0x19 (1 kHz / (1 + n)), CONFIG 0x1A (low pass 44 Hz), GYRO_CONFIG 0x1B,
// ACCEL_CONFIG 0x1C, data from 0x3B on: acceleration, temperature, rotation, two bytes each, high byte first.
static const uint8_t ADDRESS = 0x68;
static const uint32_t PERIOD_US = 10000;

// Full scale 4 g and 500 degrees a second: 8192 and 65.5 steps a unit.
static const char HELLO[] =
    "{\"channels\":["
    "{\"name\":\"ax\",\"unit\":\"g\",\"scale\":0.00012207},{\"name\":\"ay\",\"unit\":\"g\",\"scale\":0.00012207},"
    "{\"name\":\"az\",\"unit\":\"g\",\"scale\":0.00012207},{\"name\":\"gx\",\"unit\":\"deg/s\",\"scale\":0.01526718},"
    "{\"name\":\"gy\",\"unit\":\"deg/s\",\"scale\":0.01526718},{\"name\":\"gz\",\"unit\":\"deg/s\",\"scale\":0.01526718}"
    "],\"rate\":100}";

static wb_stream_t stream;
static uint32_t due_us;

static void to_serial(const uint8_t *bytes, size_t count) { Serial.write(bytes, count); }

static bool set(uint8_t address, uint8_t value) {
    Wire.beginTransmission(ADDRESS);
    Wire.write(address);
    Wire.write(value);
    return Wire.endTransmission() == 0;
}

static int16_t next_value() {
    const int high = Wire.read();
    const int low = Wire.read();
    return static_cast<int16_t>(static_cast<uint16_t>((high & 0xFF) << 8 | (low & 0xFF)));
}

void setup() {
    Serial.begin(500000);
    while (!Serial) {
    }
    Wire.begin();
    Wire.setClock(400000);
    while (!(set(0x6B, 1) && set(0x1A, 3) && set(0x19, 9) && set(0x1B, 0x08) && set(0x1C, 0x08))) {
        Serial.println("The MPU-6050 does not answer at 0x68.");
        delay(1000);
    }
    wb_begin(&stream, to_serial, HELLO, micros());
    due_us = micros();
}

void loop() {
    const uint32_t now_us = micros();
    if (static_cast<int32_t>(now_us - due_us) < 0) {
        return;
    }
    due_us += PERIOD_US;
    Wire.beginTransmission(ADDRESS);
    Wire.write(static_cast<uint8_t>(0x3B));
    if (Wire.endTransmission(false) != 0 || Wire.requestFrom(ADDRESS, static_cast<uint8_t>(14)) != 14) {
        return;
    }
    int16_t values[6];
    for (int i = 0; i < 3; ++i) {
        values[i] = next_value();
    }
    next_value();  // temperature
    for (int i = 3; i < 6; ++i) {
        values[i] = next_value();
    }
    wb_send_int16(&stream, values, 6, now_us);
}
