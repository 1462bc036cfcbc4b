"""Pooling and mean: each element of the output from several elements of one input."""

from __future__ import annotations

import numpy as np

from workbench.memory.plain_c.access import NEVER, Access, Cells
from workbench.memory.plain_c.call import Call, element_bytes
from workbench.memory.plain_c.walks import Uses, axes, both_ways, window_uses


def pooling(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Output pixels row by row, and in each pixel channel by channel.

    A turn, for output pixel p and channel c::

        output[p][c] = average or maximum over the window of input[...][c]

    Backwards, the same loops run from the end.
    """
    batches, height, width, channels = call.shape(call.input(0), 4)
    out_batches, out_height, out_width, out_channels = call.shape(call.output, 4)
    if (batches, channels) != (out_batches, out_channels):
        raise call.refusal("has shapes at odds.")
    kernel = (int(call.option("filter_height", 1)), int(call.option("filter_width", 1)))
    down, across = axes(call, kernel, (height, width), (out_height, out_width))
    channel = np.arange(channels, dtype=np.int32)
    first, last = (
        np.where(pixel[:, None] == NEVER, NEVER, pixel[:, None] * channels + channel).astype(np.int32).reshape(-1)
        for pixel in window_uses(down, across, batches)
    )
    return _element_a_turn("channel by channel of each pixel", call, Uses(first, last, element_bytes(call.output)))


def mean(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output.

    A turn, for output element i::

        output[i] = mean over all input elements that differ from it in the reduced axes alone

    Backwards, from the last output element to the first.
    """
    source = call.input(0)
    reduced = {axis % max(len(source.shape), 1) for axis in call.constant(1)}
    kept = tuple(1 if axis in reduced else size for axis, size in enumerate(source.shape))
    if int(np.prod(kept)) != call.output.elements:
        raise call.refusal("has shapes at odds.")
    order = np.arange(call.output.elements, dtype=np.int32).reshape(kept)
    turn = np.broadcast_to(order, source.shape).reshape(-1)
    return _element_a_turn("element by element", call, Uses(turn, turn, element_bytes(call.output)))


def _element_a_turn(name: str, call: Call, uses: Uses) -> tuple[tuple[Access, ...], ...]:
    """One output element a turn."""
    written = np.arange(call.output.elements, dtype=np.int32)
    return (both_ways(name, (uses, *(None,) * (len(call.inputs) - 1)), (Cells(written, element_bytes(call.output)),)),)
