/* $banner */
#ifndef CAMERA_H
#define CAMERA_H

#include <stdint.h>

/* Start the camera; false when it does not answer. */
bool begin_camera();

/* One picture of MODEL_PICTURE_HEIGHT rows of MODEL_PICTURE_WIDTH pixels with MODEL_CHANNELS values 0..255 each,
 * row after row from the top. False when there is none. */
bool read_picture(uint8_t *picture);

#endif
