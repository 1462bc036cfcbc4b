#ifndef STUB_IMU_H
#define STUB_IMU_H
struct StubImu {
    int begin();
    int accelerationAvailable();
    int readAcceleration(float &x, float &y, float &z);
    int gyroscopeAvailable();
    int readGyroscope(float &x, float &y, float &z);
};
extern StubImu IMU;
#endif
