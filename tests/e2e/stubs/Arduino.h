/* What an exported sketch uses of the Arduino core, for compiling and running it on the host.
 * Time stands still except where a test lets it pass. */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <cstdint>
#include <cstdio>
#include <cstring>

extern uint64_t stub_us; /* the clock, in microseconds */

inline uint32_t micros() { return static_cast<uint32_t>(stub_us); }
inline uint32_t millis() { return static_cast<uint32_t>(stub_us / 1000U); }
void stub_delay(unsigned long ms);
inline void delay(unsigned long ms) { stub_delay(ms); }

struct StubSerial {
    void begin(unsigned long) {}
    explicit operator bool() const { return true; }
    void print(const char *text) { std::fputs(text, stdout); }
    void print(char character) { std::putchar(character); }
    void print(unsigned long number) { std::printf("%lu", number); }
    void print(float number, int digits) { std::printf("%.*f", digits, static_cast<double>(number)); }
    template <typename T> void println(T value) { print(value); std::putchar('\n'); }
    void println(float number, int digits) { print(number, digits); std::putchar('\n'); }
};
extern StubSerial Serial;

#endif
