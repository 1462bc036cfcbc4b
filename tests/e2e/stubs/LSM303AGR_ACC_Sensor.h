#ifndef LSM303AGR_ACC_SENSOR_H
#define LSM303AGR_ACC_SENSOR_H
#include <Wire.h>
#include <cstdint>
enum LSM303AGR_ACC_StatusTypeDef { LSM303AGR_ACC_STATUS_OK, LSM303AGR_ACC_STATUS_ERROR };
struct LSM303AGR_ACC_Sensor {
    explicit LSM303AGR_ACC_Sensor(TwoWire *bus);
    LSM303AGR_ACC_StatusTypeDef begin();
    LSM303AGR_ACC_StatusTypeDef Enable();
    LSM303AGR_ACC_StatusTypeDef GetAxes(int32_t *axes);
};
#endif
