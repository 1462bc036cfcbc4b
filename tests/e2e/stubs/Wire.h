#ifndef WIRE_H
#define WIRE_H
struct TwoWire {
    void begin() {}
};
extern TwoWire Wire;
extern TwoWire Wire1;
#endif
