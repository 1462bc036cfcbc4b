/* RESIZE_NEAREST_NEIGHBOR of elements of any width. */
#include "resize.h"

#include "element.h"

void wb_resize_nearest(const struct wb_resize *resize, const int16_t *rows, const int16_t *columns,
                       const void *input, void *output)
{
    const int32_t pixels = resize->batches * resize->out_height * resize->out_width;
    const int32_t channels = resize->channels;
    int32_t turn, i;

    for (turn = 0; turn < pixels; turn++) {
        const int32_t pixel = resize->backwards ? pixels - 1 - turn : turn;
        const int32_t line = pixel / resize->out_width;
        const int32_t batch = line / resize->out_height;
        const int32_t row = batch * resize->height + rows[line - batch * resize->out_height];
        const int32_t from = row * resize->width + columns[pixel - line * resize->out_width];

        for (i = 0; i < channels; i++) {
            const int32_t channel = resize->backwards ? channels - 1 - i : i;

            wb_store(output, pixel * channels + channel, resize->wide,
                     wb_load(input, from * channels + channel, resize->wide));
        }
    }
}
