#ifndef SPARKFUN_LIS2DH12_H
#define SPARKFUN_LIS2DH12_H
#include <cstdint>
enum { LIS2DH12_4g, LIS2DH12_ODR_400Hz };
struct SPARKFUN_LIS2DH12 {
    bool begin();
    bool available();
    bool setScale(uint8_t scale);
    bool setDataRate(uint8_t rate);
    float getX();
    float getY();
    float getZ();
};
#endif
