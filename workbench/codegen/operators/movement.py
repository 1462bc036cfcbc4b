"""Operators of int8 that move elements and compute nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.codegen.lowering import Lowered, Placed, Pointers
from workbench.codegen.operators.rows import Walk, contiguous, rows


def transpose(placed: Placed) -> Lowered:
    """The axes in another order."""
    steps = contiguous(placed.call.input(0).shape)
    return _copied(placed, placed.call.output.shape, Walk(tuple(steps[axis] for axis in placed.call.constant(1))))


def slice_(placed: Placed) -> Lowered:
    """A block of the input."""
    call = placed.call
    steps = contiguous(call.input(0).shape)
    start = sum(begin * step for begin, step in zip(call.constant(1), steps, strict=True))
    return _copied(placed, call.output.shape, Walk(steps, start))


def strided_slice(placed: Placed) -> Lowered:
    """Every so many elements along each axis, forwards or backwards."""
    call = placed.call
    shape = call.input(0).shape
    begins, ends, strides = (call.constant(place) for place in (1, 2, 3))
    start, sizes, along = 0, [], []
    for axis, step in enumerate(contiguous(shape)):
        bit = 1 << axis
        stride = strides[axis]
        if call.option("shrink_axis_mask") & bit:
            chosen = range(begins[axis] % shape[axis], begins[axis] % shape[axis] + 1)
        else:
            begin = None if call.option("begin_mask") & bit else begins[axis]
            end = None if call.option("end_mask") & bit else ends[axis]
            chosen = range(shape[axis])[slice(begin, end, stride)]
        start += (chosen[0] if chosen else 0) * step
        sizes.append(len(chosen))
        along.append(chosen.step * step)
    return _copied(placed, sizes, Walk(tuple(along), start))


def split(placed: Placed) -> Lowered:
    """Equal parts along an axis, one after the other."""
    call = placed.call
    source = call.input(1)
    _only_int8(placed)
    axis = call.constant(0)[0] % len(source.shape)
    steps = contiguous(source.shape)
    made = call.output.shape
    backwards = placed.access.backwards
    found = rows(call, made, [Walk(steps), Walk(contiguous(made))], backwards=backwards)
    outputs = tuple(placed.output_address(place) for place in range(len(call.outputs)))
    return Lowered(
        "wb_split",
        (
            found.struct,
            *found.steps,
            len(outputs),
            made[axis] * steps[axis],
            int(backwards),
            placed.input_address(1),
            Pointers("outputs", outputs, "uint8_t"),
        ),
        ("copy.c",),
    )


def _copied(placed: Placed, sizes: Sequence[int], walk: Walk) -> Lowered:
    _only_int8(placed)
    if math.prod(sizes) != placed.call.output.elements:
        raise placed.call.refusal("has shapes at odds.")
    walks = [walk, Walk(contiguous(sizes))]
    found = rows(placed.call, sizes, walks, backwards=placed.access.backwards)
    ends = (placed.input_address(), placed.output_address())
    return Lowered("wb_copy_rows", (found.struct, *found.steps, *ends), ("copy.c",))


def _only_int8(placed: Placed) -> None:
    for tensor in placed.call.outputs:
        if tensor.dtype != "int8":
            raise placed.call.refusal(f"of {tensor.dtype} has no kernel here.")
