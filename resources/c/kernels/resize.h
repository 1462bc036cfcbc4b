#ifndef WB_RESIZE_H
#define WB_RESIZE_H

#include <stdint.h>

/* Sizes in pixels; wide: elements of two bytes. */
struct wb_resize {
    int32_t batches, height, width;
    int32_t out_height, out_width;
    int32_t channels, wide, backwards;
};

/* RESIZE_NEAREST_NEIGHBOR: rows and columns hold, for each of the output, the one of the input. */
void wb_resize_nearest(const struct wb_resize *resize, const int16_t *rows, const int16_t *columns,
                       const void *input, void *output);

#endif
