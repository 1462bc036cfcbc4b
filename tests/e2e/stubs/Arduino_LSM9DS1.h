#include "stub_imu.h"
