// Acceleration and rotation of the Nano 33 BLE Sense rev 1's own sensors, in the workbench's native format.
#include <Arduino.h>
#include <Arduino_LSM9DS1.h>

#include "workbench_stream.h"

static const char HELLO[] =
    "{\"channels\":["
    "{\"name\":\"ax\",\"unit\":\"g\"},{\"name\":\"ay\",\"unit\":\"g\"},{\"name\":\"az\",\"unit\":\"g\"},"
    "{\"name\":\"gx\",\"unit\":\"deg/s\"},{\"name\":\"gy\",\"unit\":\"deg/s\"},{\"name\":\"gz\",\"unit\":\"deg/s\"}"
    "]}";  // no rate: the sensor's own clock sets it, and the workbench measures it

static wb_stream_t stream;

static void to_serial(const uint8_t *bytes, size_t count) { Serial.write(bytes, count); }

void setup() {
    Serial.begin(115200);
    while (!Serial) {
    }
    while (!IMU.begin()) {
        Serial.println("The motion sensor does not answer.");
        delay(1000);
    }
    wb_begin(&stream, to_serial, HELLO, micros());
}

void loop() {
    float values[6];
    if (IMU.accelerationAvailable() && IMU.gyroscopeAvailable()) {
        const uint32_t now_us = micros();
        IMU.readAcceleration(values[0], values[1], values[2]);
        IMU.readGyroscope(values[3], values[4], values[5]);
        wb_send_float(&stream, values, 6, now_us);
    }
}
