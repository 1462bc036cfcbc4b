#ifndef ARDUINO_LPS22HB_H
#define ARDUINO_LPS22HB_H
struct StubBaro {
    int begin();
    float readPressure();
};
extern StubBaro BARO;
#endif
