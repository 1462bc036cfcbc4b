"""Windows of a convolution or a pooling, of many inputs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.memory.plain_c.call import Call
from workbench.memory.plain_c.walks import Axis, axes

Floats = NDArray[np.float32]


def window_axes(call: Call, kernel: tuple[int, int]) -> tuple[Axis, Axis]:
    """How the windows slide, downwards and across."""
    _, height, width, _ = call.shape(call.input(0), 4)
    _, made_height, made_width, _ = call.shape(call.output, 4)
    return axes(call, kernel, (height, width), (made_height, made_width))


def patches(inputs: Floats, down: Axis, across: Axis, padding: float) -> Floats:
    """A view (N, rows, columns, kernel rows, kernel columns, C) of inputs (N, H, W, C), padded where needed."""
    inputs = padded(inputs, down, across, padding)
    batch, row, column, channel = inputs.strides
    return np.lib.stride_tricks.as_strided(
        inputs,
        (len(inputs), down.outputs, across.outputs, down.kernel, across.kernel, inputs.shape[3]),
        (batch, row * down.stride, column * across.stride, row * down.dilation, column * across.dilation, channel),
        writeable=False,
    )


def padded(inputs: Floats, down: Axis, across: Axis, padding: float) -> Floats:
    """Inputs with what the windows reach beyond them."""
    rows, columns = max(down.padded, down.before + down.inputs), max(across.padded, across.before + across.inputs)
    if (rows, columns) == inputs.shape[1:3]:
        return np.ascontiguousarray(inputs)
    larger = np.full((len(inputs), rows, columns, inputs.shape[3]), padding, np.float32)
    larger[:, down.before : down.before + down.inputs, across.before : across.before + across.inputs] = inputs
    return larger
