/* What the capture sketches use of the Arduino core, for a check of their syntax and types. */
#ifndef ARDUINO_H
#define ARDUINO_H
#include <stddef.h>
#include <stdint.h>
unsigned long micros();
void delay(unsigned long ms);
struct StubSerial {
    void begin(unsigned long);
    explicit operator bool() const;
    size_t write(const uint8_t *bytes, size_t count);
    size_t println(const char *text);
};
extern StubSerial Serial;
#endif
