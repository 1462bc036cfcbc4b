/* $banner */
#include "model_data.h"

/* const keeps the array in flash; the runtime needs it aligned to 16 bytes. */
alignas(16) const unsigned char model_data[model_data_bytes] = {
$model_array
};
