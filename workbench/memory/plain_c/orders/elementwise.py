"""Operators that make each element of the output from one element of each input."""

from __future__ import annotations

import numpy as np

from workbench.memory.plain_c.access import Access, Cells, Turns
from workbench.memory.plain_c.call import Call, element_bytes, is_computed
from workbench.memory.plain_c.walks import Uses, both_ways


def elementwise(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output, from the first to the last; backwards, from the last to the first.

    A turn, for output element i::

        output[i] = f(a[element of i], b[element of i], ...)

    An input of another shape is broadcast as numpy does. SOFTMAX runs over each row of the last axis three times
    (maximum, sum, quotients) and writes in the third; what it reads there last is the element it writes.
    """
    shape = call.output.shape
    order = np.arange(call.output.elements, dtype=np.int32).reshape(shape)
    size = element_bytes(call.output)
    uses: list[Uses | None] = []
    for tensor in call.inputs:
        if tensor is None or not is_computed(tensor):
            uses.append(None)
            continue
        first, last = (_over_broadcast(call, order, tensor.shape, choose) for choose in (np.minimum, np.maximum))
        uses.append(Uses(first, last, element_bytes(tensor)))
    return (both_ways("element by element", uses, (Cells(order.reshape(-1), size),)),)


def _over_broadcast(call: Call, order: Turns, shape: tuple[int, ...], choose: np.ufunc) -> Turns:
    """The least or the greatest output element that uses each element of an input of this shape."""
    full = (1,) * (order.ndim - len(shape)) + shape
    if len(full) != order.ndim or any(size not in (1, wanted) for size, wanted in zip(full, order.shape, strict=True)):
        raise call.refusal(f"cannot broadcast {shape} to {order.shape}.")
    over = tuple(axis for axis, (size, wanted) in enumerate(zip(full, order.shape, strict=True)) if size != wanted)
    return np.asarray(choose.reduce(order, axis=over), np.int32).reshape(-1) if over else order.reshape(-1)
