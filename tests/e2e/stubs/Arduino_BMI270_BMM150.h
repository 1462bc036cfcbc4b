#ifndef ARDUINO_BMI270_BMM150_H
#define ARDUINO_BMI270_BMM150_H
/* Feeds the window the test gave: see host_main.cpp. */
struct StubImu {
    int begin();
    int accelerationAvailable();
    int readAcceleration(float &x, float &y, float &z);
    int gyroscopeAvailable();
    int readGyroscope(float &x, float &y, float &z);
    int magneticFieldAvailable();
    int readMagneticField(float &x, float &y, float &z);
};
extern StubImu IMU;
#endif
