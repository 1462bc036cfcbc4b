/* RESIZE_NEAREST_NEIGHBOR of elements of any width. */
#include "resize.h"

void wb_resize_nearest(const struct wb_resize *resize, const int16_t *rows, const int16_t *columns,
                       const uint8_t *input, uint8_t *output)
{
    const int32_t pixels = resize->batches * resize->out_height * resize->out_width;
    const int32_t bytes = resize->pixel_bytes;
    int32_t turn, i;

    for (turn = 0; turn < pixels; turn++) {
        const int32_t pixel = resize->backwards ? pixels - 1 - turn : turn;
        const int32_t line = pixel / resize->out_width;
        const int32_t batch = line / resize->out_height;
        const int32_t row = batch * resize->height + rows[line - batch * resize->out_height];
        const uint8_t *from = input + (row * resize->width + columns[pixel - line * resize->out_width]) * bytes;
        uint8_t *to = output + pixel * bytes;

        for (i = 0; i < bytes; i++) {
            const int32_t place = resize->backwards ? bytes - 1 - i : i;

            to[place] = from[place];
        }
    }
}
