// Sound of an on-board PDM microphone at 16 kHz, mono, in the workbench's native format.
#include <Arduino.h>
#include <PDM.h>

#include "workbench_stream.h"

static const int RATE_HZ = 16000;
static const size_t BLOCK = 256;  // values in a frame
static const char HELLO[] = "{\"channels\":[{\"name\":\"sound\"}],\"rate\":16000}";

static wb_stream_t stream;
static int16_t ring[8 * BLOCK];
static volatile size_t written = 0;  // values, ever
static size_t sent = 0;

static void to_serial(const uint8_t *bytes, size_t count) { Serial.write(bytes, count); }

static void on_sound() {
    int16_t block[BLOCK];
    const int bytes = PDM.read(block, sizeof block);
    for (size_t i = 0; i < static_cast<size_t>(bytes) / 2; ++i) {
        ring[written % (8 * BLOCK)] = block[i];
        written = written + 1;
    }
}

void setup() {
    Serial.begin(115200);  // native USB: the number does not matter
    while (!Serial) {
    }
    PDM.onReceive(on_sound);
    while (!PDM.begin(1, RATE_HZ)) {
        Serial.println("The microphone does not start.");
        delay(1000);
    }
    wb_begin(&stream, to_serial, HELLO, micros());
}

void loop() {
    if (written - sent > 8 * BLOCK) {  // the computer was too slow: leave a gap that its sequence number shows
        const size_t lost = (written - sent) / BLOCK * BLOCK;
        sent += lost;
        stream.sequence = static_cast<uint16_t>(stream.sequence + lost / BLOCK);
    }
    if (written - sent >= BLOCK) {
        wb_send_int16(&stream, &ring[sent % (8 * BLOCK)], BLOCK, micros());
        sent += BLOCK;
    }
}
