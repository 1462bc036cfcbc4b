#ifndef WB_RESIZE_H
#define WB_RESIZE_H

#include <stdint.h>

/* Sizes in pixels of pixel_bytes each. */
struct wb_resize {
    int32_t batches, height, width;
    int32_t out_height, out_width;
    int32_t pixel_bytes, backwards;
};

/* RESIZE_NEAREST_NEIGHBOR: rows and columns hold, for each of the output, the one of the input. */
void wb_resize_nearest(const struct wb_resize *resize, const int16_t *rows, const int16_t *columns,
                       const uint8_t *input, uint8_t *output);

#endif
