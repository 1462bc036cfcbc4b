#ifndef ARDUINO_HS300X_H
#define ARDUINO_HS300X_H
struct StubHts {
    int begin();
    float readTemperature();
    float readHumidity();
};
extern StubHts HS300x;
#endif
