/* The lines, rows or columns, of a plane that a depthwise convolution walks over, one channel after the other. */
#ifndef WB_LINES_H
#define WB_LINES_H

#include <stdint.h>

/* Across lines: their number, taps, stride, dilation and lines of padding in front; along a line: the same in positions.
 * line_step and position_step lead from one line or position to the next in the input, the out_ ones in the output, in
 * elements. ring: lines held at once; positions: of a line in the ring, padding included. */
struct wb_lines {
    int32_t line_step, position_step;
    int32_t out_line_step, out_position_step;
    int16_t batches, channels, multiplier;
    int16_t lines, out_lines, taps, stride, dilation, before;
    int16_t length, out_length, taps_along, stride_along, dilation_along, before_along;
    int16_t ring, positions;
    int16_t zero_point;
};

#endif
