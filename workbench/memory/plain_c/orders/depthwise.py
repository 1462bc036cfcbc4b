"""DEPTHWISE_CONV_2D: one channel after the other, in place."""

from __future__ import annotations

import numpy as np

from workbench.memory.plain_c.access import NEVER, Access, Cells
from workbench.memory.plain_c.call import Call, element_bytes
from workbench.memory.plain_c.orders.convolution import convolution
from workbench.memory.plain_c.single_channel import as_convolution, is_convolution
from workbench.memory.plain_c.walks import axes

_INT16 = 2
_ROUND_UP_TO = 4  # positions of a line, so that each line starts at a whole word


def depthwise(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Channel by channel, through a ring of padded lines, so that the output may replace the input.

    Lines are columns where the plane is higher than wide and keeps its size, else rows: with a stride, an output row
    ends before the input rows that are still to be read, while an output column would reach into them. A turn, for
    one batch, one input channel c and one output line::

        load all lines up to the last that this output line needs, but those loaded before:
            ring[line % ring_lines][before + i] = input[line][i][c] as int16, for the whole line
        for each position on the output line, for each multiplier m:
            output[line][position][c * multiplier + m] = requantized(bias + sum over the kernel of weight * ring)

    The ring holds as many lines as the kernel reaches over, each with its padding, which is zeroed once; lines outside
    the plane count as zeros. Each line of the input is read once a channel. There is no backward form: in place, none
    is needed. With one input channel, the order is that of a convolution.
    """
    if is_convolution(call):
        return convolution(as_convolution(call))
    batches, height, width, channels = call.shape(call.input(0), 4)
    _, kernel_height, kernel_width, filters = call.shape(call.input(1), 4)
    out_batches, out_height, out_width, out_channels = call.shape(call.output, 4)
    if not channels or out_channels % channels or batches != out_batches or filters != out_channels:
        raise call.refusal("has shapes at odds.")
    down, across = axes(call, (kernel_height, kernel_width), (height, width), (out_height, out_width))
    columns = height > width and down.stride == across.stride == 1 and (height, width) == (out_height, out_width)
    lines, along = (across, down) if columns else (down, across)
    line_positions = -(-max(along.padded, along.before + along.inputs) // _ROUND_UP_TO) * _ROUND_UP_TO
    parameters = {"lines": "columns" if columns else "rows", "ring": lines.reach, "positions": line_positions}
    # The first turn of each channel of each batch.
    start = (np.arange(batches * channels, dtype=np.int32) * lines.outputs).reshape(batches, 1, 1, channels)
    # A line is read where it is loaded: at the first output line whose window reaches it, or beyond.
    reached = -(-(np.arange(lines.inputs, dtype=np.int32) + lines.before - lines.reach + 1) // lines.stride)
    loaded = np.where(reached < lines.outputs, np.maximum(reached, 0), NEVER).astype(np.int32)
    written = np.arange(lines.outputs, dtype=np.int32)
    read, made = (line[None, None, :, None] if columns else line[None, :, None, None] for line in (loaded, written))
    read_in = np.broadcast_to(np.where(read == NEVER, NEVER, start + read), (batches, height, width, channels))
    made_in = np.broadcast_to(start + made, (batches, out_height, out_width, channels))
    size = element_bytes(call.output)
    access = Access(
        "channel by channel",
        (Cells(read_in.reshape(-1), size), *(None,) * (len(call.inputs) - 1)),
        (Cells(made_in.reshape(-1), out_channels // channels * size),),
        scratch_bytes=lines.reach * line_positions * _INT16,
        parameters=parameters,
    )
    return ((access,),)
