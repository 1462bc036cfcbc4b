"""Operators that move elements and compute nothing: of int8 and int16."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.codegen.lowering import Array, Lowered, Placed, Pointers
from workbench.codegen.operators.rows import Rows, Walk, contiguous, rows
from workbench.codegen.quantization import is_wide, stored_values
from workbench.memory.plain_c.call import is_computed


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
    axis = call.constant(0)[0] % len(source.shape)
    steps = contiguous(source.shape)
    made = call.output.shape
    backwards = placed.access.backwards
    found = _rows(placed, made, Walk(steps))
    outputs = tuple(placed.output_address(place) for place in range(len(call.outputs)))
    return Lowered(
        "wb_split",
        (
            found.struct,
            *found.steps,
            is_wide(source),
            len(outputs),
            made[axis] * steps[axis],
            int(backwards),
            placed.input_address(1),
            Pointers("outputs", outputs, "uint8_t"),
        ),
        ("copy.c",),
    )


def copied(placed: Placed) -> Lowered:
    """All elements of something stored, in their order: a RESHAPE whose input is no result."""
    call = placed.call
    if call.output.dtype not in {"int8", "int16"}:
        raise call.refusal(f"of stored {call.output.dtype} has no kernel here.")
    values = Array("values", stored_values(call.input(0)))
    found = _rows(placed, (call.output.elements,), Walk((1,)))
    wide = is_wide(call.output)
    return Lowered("wb_copy_rows", (found.struct, *found.steps, wide, values, placed.output_address()), ("copy.c",))


def read_variable(placed: Placed) -> Lowered:
    """The variable's elements, in their order."""
    return _copied(placed, (placed.call.output.elements,), Walk((1,)))


def assign_variable(placed: Placed) -> Lowered:
    """The value's elements to the variable, in their order."""
    value = placed.call.input(1)
    if value.dtype not in {"int8", "int16"}:
        raise placed.call.refusal(f"of {value.dtype} has no kernel here.")
    found = _rows(placed, (value.elements,), Walk((1,)))
    given = placed.input_address(1) if is_computed(value) else Array("values", stored_values(value))
    ends = (given, placed.input_address(0))
    return Lowered("wb_copy_rows", (found.struct, *found.steps, is_wide(value), *ends), ("copy.c",))


def _copied(placed: Placed, sizes: Sequence[int], walk: Walk) -> Lowered:
    if math.prod(sizes) != placed.call.output.elements:
        raise placed.call.refusal("has shapes at odds.")
    found = _rows(placed, sizes, walk)
    ends = (placed.input_address(), placed.output_address())
    return Lowered("wb_copy_rows", (found.struct, *found.steps, is_wide(placed.call.output), *ends), ("copy.c",))


def _rows(placed: Placed, sizes: Sequence[int], walk: Walk) -> Rows:
    """A loop over elements that are taken along ``walk`` and put one behind the other."""
    return rows(placed.call, sizes, [walk, Walk(contiguous(sizes))], backwards=placed.access.backwards)
