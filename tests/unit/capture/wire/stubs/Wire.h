#ifndef WIRE_H
#define WIRE_H
#include <stdint.h>
struct TwoWire {
    void begin();
    void setClock(uint32_t hertz);
    void beginTransmission(uint8_t address);
    uint8_t endTransmission(bool stop = true);
    uint8_t requestFrom(uint8_t address, uint8_t count);
    unsigned int write(uint8_t byte);
    int read();
};
extern TwoWire Wire;
#endif
