/* $banner */
#ifndef SENSORS_H
#define SENSORS_H

/* Start the sensors; false when one does not answer. */
bool begin_sensors();

/* One row: a value for each of the MODEL_CHANNELS channels, in the order and units of MODEL_CHANNEL_NAMES and
 * MODEL_CHANNEL_UNITS. It is called at the model's rate. False when there are no values. */
bool read_sensors(float *row);

#endif
