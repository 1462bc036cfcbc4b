#ifndef STUB_IMU_H
#define STUB_IMU_H
/* What the inertial sensors' libraries have in common; host_main.cpp gives the test's rows. */
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
