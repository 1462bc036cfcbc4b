"""CONV_2D: through a buffer that holds the inputs of a few output pixels."""

from __future__ import annotations

import numpy as np

from workbench.memory.plain_c.access import Access, Cells
from workbench.memory.plain_c.call import Call, element_bytes
from workbench.memory.plain_c.walks import Uses, axes, both_ways, window_uses

# Output pixels that are computed together, from the fastest kernel to the one with the smallest buffer.
BLOCKS = (4, 2, 1)
_INT16 = 2


def convolution(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Output pixels, row by row and batch by batch, in blocks of up to four.

    A turn, for the block of output pixels p to p + block - 1 (the last block may be smaller)::

        for each pixel of the block:
            for each kernel row and column, for each input channel:
                buffer[k][pixel] = input as int16, or 0 in the padding
        for each output channel:
            for each pixel of the block:
                output[pixel][channel] = requantized(bias + sum over k of weight[channel][k] * buffer[k][pixel])

    The output pixels of a block are held back until everything the block reads is in the buffer. The buffer has
    kernel height x kernel width x input channels int16 a pixel, rounded up to an even number because two are
    multiplied at once. Backwards, the blocks run from the last to the first.
    """
    batches, height, width, channels = call.shape(call.input(0), 4)
    filters, kernel_height, kernel_width, depth = call.shape(call.input(1), 4)
    out_batches, out_height, out_width, out_channels = call.shape(call.output, 4)
    if depth != channels or filters != out_channels or batches != out_batches:
        raise call.refusal(
            "with groups of channels has no kernel here." if depth != channels else "has shapes at odds."
        )
    down, across = axes(call, (kernel_height, kernel_width), (height, width), (out_height, out_width))
    taps = kernel_height * kernel_width * channels
    first, last = window_uses(down, across, batches)
    pixels = np.arange(batches * out_height * out_width, dtype=np.int32)
    size = element_bytes(call.output)
    none = (None,) * (len(call.inputs) - 1)
    return tuple(
        both_ways(
            "blocks of pixels",
            # Rounded down, NEVER (-1) stays -1.
            (Uses(first // block, last // block, channels * size), *none),
            (Cells(pixels // block, filters * size),),
            scratch_bytes=block * (taps + taps % 2) * _INT16,
            parameters={"block": block},
        )
        for block in BLOCKS
        if block <= pixels.size
    )
