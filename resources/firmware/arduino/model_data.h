/* $banner */
#ifndef MODEL_DATA_H
#define MODEL_DATA_H

#include <stddef.h>

/* The bytes of model.tflite, SHA-256 $digest. */
const size_t model_data_bytes = $model_bytes;
extern const unsigned char model_data[model_data_bytes];

#endif
