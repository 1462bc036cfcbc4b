"""MEAN of int8 and int16."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from workbench.codegen.fixed_point import Multiplier, multiplier
from workbench.codegen.generated import Option
from workbench.codegen.lowering import Lowered, Placed, Struct
from workbench.codegen.operators.rows import Walk, contiguous, rows
from workbench.codegen.quantization import is_wide, stored

_IN_A_WORD = 4
_MOST_IN_A_HALF_WORD = 0xFFFF // 255


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
    planes = _planes(source.shape, taken)
    wide = is_wide(source)
    if source.dtype != call.output.dtype:
        raise call.refusal(f"from {source.dtype} to {call.output.dtype} has no kernel here.")
    if placed.option is Option.SPEED and planes is not None and not wide:
        return Lowered("wb_mean_words", (how, *planes, int(placed.access.backwards), *ends), ("mean_words.c",))
    walks = [Walk(tuple(steps[axis] for axis in kept)), Walk(contiguous(sizes))]
    outputs = rows(call, sizes, walks, backwards=placed.access.backwards)
    reduced = rows(call, over, [Walk(tuple(steps[axis] for axis in sorted(taken)))])
    steps_of = (*outputs.steps, *reduced.steps)
    return Lowered("wb_mean", (outputs.struct, reduced.struct, how, *steps_of, wide, *ends), ("mean.c",))


def _planes(shape: Sequence[int], taken: Collection[int]) -> tuple[int, int, int] | None:
    """(planes, pixels, channels) where the mean is that of each channel over all pixels, and the fast kernel has it."""
    first, last = min(taken, default=0), max(taken, default=-1)
    planes, pixels, channels = (math.prod(part) for part in (shape[:first], shape[first : last + 1], shape[last + 1 :]))
    together = len(taken) == last + 1 - first
    fits = 0 < pixels <= _MOST_IN_A_HALF_WORD and channels % _IN_A_WORD == 0
    return (planes, pixels, channels) if together and fits else None


def divided(factor: Multiplier, count: int) -> Multiplier:
    """A factor over a whole number, truncated as QuantizedMeanOrSum in kernels/internal/reference/reduce.h does."""
    shift = min(count.bit_length() - 1, 32, 31 + factor.shift)
    return Multiplier((factor.value << shift) // count, factor.shift - shift)
