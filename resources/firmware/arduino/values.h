/* $banner */
#ifndef VALUES_H
#define VALUES_H

/* Start whatever gives the values; false when it does not answer. */
bool begin_values();

/* The MODEL_INPUT_VALUES values of the model's input, not quantized. False when there are none. */
bool read_values(float *values);

#endif
