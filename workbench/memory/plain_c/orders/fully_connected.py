"""FULLY_CONNECTED: a few outputs at a time, each from the whole input."""

from __future__ import annotations

import numpy as np

from workbench.memory.plain_c.access import Access, Cells
from workbench.memory.plain_c.call import Call, element_bytes
from workbench.memory.plain_c.walks import Uses, both_ways

_TOGETHER = 4  # outputs whose sums are kept in registers at once


def fully_connected(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Row by row of the input, four outputs at a time.

    A turn, for one row and outputs o to o + 3 (fewer at the end)::

        for each k:
            sum[0..3] += weight[o..o + 3][k] * input[row][k]
        output[row][o..o + 3] = requantized(sum)

    The input is read from its place; there is no buffer. Backwards, the turns run from the last to the first.
    """
    outputs, depth = call.shape(call.input(1), 2)
    given = call.input(0).elements
    rows = given // depth if depth else 0
    if not rows or rows * depth != given or rows * outputs != call.output.elements:
        raise call.refusal("has shapes at odds.")
    blocks = -(-outputs // _TOGETHER)
    starts = np.arange(rows, dtype=np.int32) * blocks
    written = (starts[:, None] + np.arange(outputs, dtype=np.int32)[None, :] // _TOGETHER).reshape(-1)
    size = element_bytes(call.output)
    none = (None,) * (len(call.inputs) - 1)
    return (
        both_ways(
            "four outputs at a time",
            (Uses(starts, starts + blocks - 1, depth * size), *none),
            (Cells(written, size),),
            parameters={"together": _TOGETHER},
        ),
    )
