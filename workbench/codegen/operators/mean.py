"""MEAN of int8."""

from __future__ import annotations

import math

from workbench.codegen.fixed_point import Multiplier, multiplier
from workbench.codegen.lowering import Lowered, Placed, Struct
from workbench.codegen.operators.rows import Walk, contiguous, rows
from workbench.codegen.quantization import stored


def mean(placed: Placed) -> Lowered:
    """Sums of stored values, requantized with a factor that divides by their number."""
    call = placed.call
    source = call.input(0)
    given, made = stored(call, source), stored(call, call.output)
    taken = {axis % len(source.shape) for axis in call.constant(1)}
    steps = contiguous(source.shape)
    kept = [axis for axis in range(len(source.shape)) if axis not in taken]
    sizes = [source.shape[axis] for axis in kept]
    over = [source.shape[axis] for axis in sorted(taken)]
    count = math.prod(over)
    factor = divided(multiplier(given.scale / made.scale), count)
    walks = [Walk(tuple(steps[axis] for axis in kept)), Walk(contiguous(sizes))]
    outputs = rows(call, sizes, walks, backwards=placed.access.backwards)
    reduced = rows(call, over, [Walk(tuple(steps[axis] for axis in sorted(taken)))])
    how = Struct(
        "struct wb_mean",
        {
            "offset": -given.zero_point * count,
            "multiplier": factor.value,
            "shift": factor.shift,
            "zero_output": made.zero_point,
        },
    )
    ends = (placed.input_address(), placed.output_address())
    return Lowered("wb_mean", (outputs.struct, reduced.struct, how, *outputs.steps, *reduced.steps, *ends), ("mean.c",))


def divided(factor: Multiplier, count: int) -> Multiplier:
    """A factor over a whole number, truncated as QuantizedMeanOrSum in kernels/internal/reference/reduce.h does."""
    shift = min(count.bit_length() - 1, 32, 31 + factor.shift)
    return Multiplier((factor.value << shift) // count, factor.shift - shift)
