"""Operators that move elements and compute nothing.

Each is described by the same operation of numpy on the numbers of the elements: what comes out is, for each element
of the output, the element of the input that goes there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.graph.model import Tensor
from workbench.memory.plain_c.access import NEVER, Access, Cells
from workbench.memory.plain_c.call import Call, element_bytes, is_computed
from workbench.memory.plain_c.walks import Uses, both_ways

Numbers = NDArray[np.int64]

_FILL = -1  # an output element that comes from no input


def pad(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output; backwards, from the last to the first."""
    amounts = call.constant(1)
    rank = len(call.input(0).shape)
    if len(amounts) != 2 * rank or min(amounts, default=0) < 0:
        raise call.refusal("has paddings that do not match its input.")
    pairs = list(zip(amounts[::2], amounts[1::2], strict=True))
    padded = (size + sum(pair) for size, pair in zip(call.input(0).shape, pairs, strict=True))
    if tuple(padded) != call.output.shape:
        raise call.refusal("has shapes at odds.")
    return _moved(call, [0], [np.pad(_numbers(call, 0), pairs, constant_values=_FILL)])


def concatenation(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output; backwards, from the last to the first.

    Where the axis is the first that is not 1, inputs may lie in the output already: then nothing moves.
    """
    places = range(len(call.inputs))
    starts = np.cumsum([0, *(call.input(place).elements for place in places)])
    numbers = [_numbers(call, place) + start for place, start in zip(places, starts[:-1], strict=True)]
    return _moved(call, places, [np.concatenate(numbers, axis=int(call.option("axis")))])


def transpose(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output; backwards, from the last to the first."""
    return _moved(call, [0], [np.transpose(_numbers(call, 0), call.constant(1))])


def strided_slice(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output; backwards, from the last to the first."""
    if call.option("ellipsis_mask") or call.option("new_axis_mask"):
        raise call.refusal("with an ellipsis or a new axis has no kernel here.")
    chosen: list[slice | int] = []
    for axis, (begin, end, stride) in enumerate(zip(*(call.constant(place) for place in (1, 2, 3)), strict=True)):
        bit = 1 << axis
        if call.option("shrink_axis_mask") & bit:
            chosen.append(begin)
        else:
            free_begin, free_end = call.option("begin_mask") & bit, call.option("end_mask") & bit
            chosen.append(slice(None if free_begin else begin, None if free_end else end, stride))
    return _moved(call, [0], [np.asarray(_numbers(call, 0)[tuple(chosen)])])


def slice_(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output; backwards, from the last to the first."""
    begins, sizes = call.constant(1), call.constant(2)
    chosen = tuple(slice(begin, None if size < 0 else begin + size) for begin, size in zip(begins, sizes, strict=True))
    return _moved(call, [0], [_numbers(call, 0)[chosen]])


def split(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Output by output, and in each element by element; backwards, from the last of the last to the first."""
    (axis,) = call.constant(0)
    return _moved(call, [1], np.split(_numbers(call, 1), len(call.outputs), axis=axis))


def resize_nearest(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output; backwards, from the last to the first."""
    rows, columns = nearest(call)
    return _moved(call, [0], [_numbers(call, 0)[:, rows][:, :, columns]])


def nearest(call: Call) -> tuple[Numbers, Numbers]:
    """For each row and each column of RESIZE_NEAREST_NEIGHBOR's output, the one of the input.

    Computed in float32, as GetNearestNeighbor in kernels/internal/reference/resize_nearest_neighbor.h does: it rounds
    some sizes otherwise than whole numbers would.
    """
    _, height, width, _ = call.shape(call.input(0), 4)
    _, out_height, out_width, _ = call.shape(call.output, 4)
    aligned, centred = bool(call.option("align_corners")), bool(call.option("half_pixel_centers"))
    return _nearest(height, out_height, aligned, centred), _nearest(width, out_width, aligned, centred)


def _nearest(given: int, made: int, aligned: bool, centred: bool) -> Numbers:
    between = aligned and made > 1
    scale = np.float32(given - between) / np.float32(made - between)
    exact = (np.arange(made, dtype=np.float32) + np.float32(centred / 2)) * scale
    # In double precision, where adding a half is exact.
    found = np.floor(exact.astype(np.float64) + 0.5 * aligned).astype(np.int64)
    return np.minimum(found, given - 1)


def read_variable(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the variable, for which its handle stands."""
    every = _every(call.output)
    return ((Access("element by element", (every,), (every,)),),)


def assign_variable(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the value; the variable, which it goes to, lies apart from all else."""
    value = call.input(1)
    return ((Access("element by element", (None, _every(value) if is_computed(value) else None), ()),),)


def _every(tensor: Tensor) -> Cells:
    return Cells(np.arange(tensor.elements, dtype=np.int32), element_bytes(tensor))


def copy(call: Call) -> tuple[tuple[Access, ...], ...]:
    """Element by element of the output; a RESHAPE of something stored, else its output is its input."""
    return _moved(call, [0], [_numbers(call, 0)])


def _numbers(call: Call, place: int) -> Numbers:
    """The number of each element of an input, in its shape."""
    tensor = call.input(place)
    return np.arange(tensor.elements, dtype=np.int64).reshape(tensor.shape)


def _moved(call: Call, places: Sequence[int], taken: Sequence[Numbers]) -> tuple[tuple[Access, ...], ...]:
    """The accesses when each output is filled, one after the other, with the elements ``taken``.

    ``places`` are the inputs whose elements are moved (the others say how); elements are numbered through all of them.
    """
    if [numbers.size for numbers in taken] != [tensor.elements for tensor in call.outputs]:
        raise call.refusal("has shapes at odds.")
    flat = np.concatenate([numbers.reshape(-1) for numbers in taken])
    turns = np.arange(flat.size, dtype=np.int32)
    ends = np.cumsum([call.input(place).elements for place in places])
    first = np.full(ends[-1], flat.size, np.int32)
    last = np.full(ends[-1], NEVER, np.int32)
    real = flat != _FILL
    np.minimum.at(first, flat[real], turns[real])
    np.maximum.at(last, flat[real], turns[real])
    first[last == NEVER] = NEVER
    size = element_bytes(call.output)
    read_in_part = dict(
        zip(places, zip(np.split(first, ends[:-1]), np.split(last, ends[:-1]), strict=True), strict=True)
    )
    uses = [
        Uses(*read_in_part[place], size) if place in read_in_part and is_computed(tensor) else None
        for place, tensor in enumerate(call.inputs)
    ]
    written = np.split(turns, np.cumsum([tensor.elements for tensor in call.outputs])[:-1])
    return (both_ways("element by element", uses, [Cells(part, size) for part in written]),)
