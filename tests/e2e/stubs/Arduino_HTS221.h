#ifndef ARDUINO_HTS221_H
#define ARDUINO_HTS221_H
struct StubHts {
    int begin();
    float readTemperature();
    float readHumidity();
};
extern StubHts HTS;
#endif
