"""SOFTMAX of int8: the exponentials of all differences are a table, computed here."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_functions import exp_of_negative
from workbench.codegen.fixed_point import high_multiply, multiplier
from workbench.codegen.lowering import Array, Lowered, Placed
from workbench.codegen.quantization import stored
from workbench.memory.plain_c.call import Call

_INTEGER_BITS = 5  # of a difference, times beta and the scale
_FRACTION = 31 - _INTEGER_BITS
_OUTPUT_SCALE = 1 / 256
_LARGEST_SUM = 1 << 12  # exponentials a row may have: their sum has twelve integer bits


def softmax(placed: Placed) -> Lowered:
    """Over the last axis, row by row."""
    call = placed.call
    made = stored(call, call.output)
    if (made.scale, made.zero_point, call.output.dtype) != (_OUTPUT_SCALE, 0, "int8"):
        raise call.refusal("needs an output of scale 1/256 and zero point -128.")
    length = call.output.shape[-1] if call.output.shape else 1
    if length >= _LARGEST_SUM:
        raise call.refusal(f"over {length:,} values is more than its sum holds.")
    table = exponentials(call)
    return Lowered(
        "wb_softmax",
        (
            placed.input_address(),
            placed.output_address(),
            call.output.elements // length,
            length,
            Array("exp", table),
            table.size,
            int(placed.access.backwards),
        ),
        ("softmax.c",),
    )


def exponentials(call: Call) -> NDArray[np.int32]:
    """exp(-beta · scale · d) without integer bits for differences d = 0, 1, …; those left out count as 0.

    The rules are those of PreprocessSoftmaxScaling and CalculateInputRadius in kernels/internal/quantization_util.cc.
    """
    given = stored(call, call.input(0))
    beta = float(np.float32(call.option("beta", 0.0)))
    real = min(beta * given.scale * (1 << _FRACTION), (1 << 31) - 1.0)
    if not real > 1:
        raise call.refusal(f"with beta {beta:.6g} and scale {given.scale:.6g} has no kernel here.")
    factor = multiplier(real)
    radius = math.floor(((1 << _INTEGER_BITS) - 1) * (1 << _FRACTION) / (1 << factor.shift))
    differences = np.arange(min(radius, 255) + 1, dtype=np.int64)
    scaled = high_multiply(-differences << factor.shift, factor.value)
    return exp_of_negative(scaled, _INTEGER_BITS).astype(np.int32)
