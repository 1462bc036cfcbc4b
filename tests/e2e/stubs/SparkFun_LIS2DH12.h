#ifndef SPARKFUN_LIS2DH12_H
#define SPARKFUN_LIS2DH12_H
struct SPARKFUN_LIS2DH12 {
    bool begin();
    bool available();
    float getX();
    float getY();
    float getZ();
};
#endif
