"""CONCATENATION, PAD and PADV2: outputs that hold more than one input's elements."""

from __future__ import annotations

import math

import numpy as np

from workbench.codegen.lowering import Array, Lowered, Placed, Pointers
from workbench.codegen.quantization import is_wide, stored, stored_values
from workbench.memory.plain_c.call import Call, is_computed

_AXES = 4  # of the kernel of PAD


def concatenation(placed: Placed) -> Lowered:
    """The inputs one after the other along an axis; nothing is requantized, as on the device."""
    call = placed.call
    shape = call.output.shape
    axis = int(call.option("axis")) % len(shape)
    inputs = [call.input(place) for place in range(len(call.inputs))]
    if call.option("fused_activation_function", "NONE") != "NONE":
        raise call.refusal("with a fused activation has no kernel here.")
    addresses = tuple(
        placed.input_address(place) if is_computed(tensor) else Array("values", stored_values(tensor))
        for place, tensor in enumerate(inputs)
    )
    runs = [math.prod(tensor.shape[axis:]) for tensor in inputs]
    return Lowered(
        "wb_concatenate",
        (
            math.prod(shape[:axis]),
            len(inputs),
            Array("runs", np.array(runs, np.int32)),
            is_wide(call.output),
            int(placed.access.backwards),
            Pointers("inputs", addresses),
            placed.output_address(),
        ),
        ("concatenate.c",),
    )


def pad(placed: Placed) -> Lowered:
    """The zero point, or PADV2's own value, around the input."""
    call = placed.call
    amounts = call.constant(1)
    fill = _fill(call)
    loop: list[tuple[int, int, int]] = []  # size of the output, elements in front, size of the input
    ahead = zip(call.output.shape, amounts[::2], call.input(0).shape, strict=True)
    for made, before, given in ahead:
        if loop and made == given:  # no padding here: part of the axis before
            loop[-1] = (loop[-1][0] * made, loop[-1][1] * made, loop[-1][2] * made)
        else:
            loop.append((made, before, given))
    if len(loop) > _AXES:
        raise call.refusal(f"of {len(loop)} axes at once has no kernel here.")
    loop = [(1, 0, 1)] * (_AXES - len(loop)) + loop
    names = ("sizes", "before", "given")
    lists = (
        Array(name, np.array(values, np.int32)) for name, values in zip(names, zip(*loop, strict=True), strict=True)
    )
    ends = (placed.input_address(), placed.output_address())
    backwards = int(placed.access.backwards)
    return Lowered("wb_pad", (*lists, call.output.elements, fill, is_wide(call.output), backwards, *ends), ("pad.c",))


def _fill(call: Call) -> int:
    """The padding as stored."""
    if len(call.inputs) > 2:
        return call.constant(2)[0] + (0 if is_wide(call.output) else 128)
    return stored(call, call.output).zero_point
