"""ADD and SUB of int8."""

from __future__ import annotations

from workbench.codegen.fixed_point import multiplier
from workbench.codegen.lowering import Lowered, Placed, Struct
from workbench.codegen.operators.pair import pair
from workbench.codegen.quantization import activation_limits, stored

_MORE_BITS = 20  # that both inputs are given before they are scaled


def add(placed: Placed) -> Lowered:
    """The sum, element by element, of two inputs of one shape, or broadcast as numpy does."""
    return _summed(placed, 1)


def subtract(placed: Placed) -> Lowered:
    """The difference, element by element, of two inputs of one shape, or broadcast as numpy does."""
    return _summed(placed, -1)


def _summed(placed: Placed, sign: int) -> Lowered:
    """Both inputs in steps of twice the greater scale, 20 bits finer.

    The rule is that of CalculateOpData in micro/kernels/add_common.cc.
    """
    call = placed.call
    a, b, made = stored(call, call.input(0)), stored(call, call.input(1)), stored(call, call.output)
    twice = 2 * max(a.scale, b.scale)
    factors = [multiplier(scale / twice) for scale in (a.scale, b.scale)]
    factors.append(multiplier(twice / ((1 << _MORE_BITS) * made.scale)))
    if any(factor.shift > 0 for factor in factors):
        raise call.refusal("has an output scale too small for its inputs.")
    lowest, highest = activation_limits(call)
    shift_a, shift_b, shift_output = (-factor.shift for factor in factors)  # to the right
    how = Struct(
        "struct wb_sum",
        {
            "zero_a": a.zero_point,
            "zero_b": b.zero_point,
            "zero_output": made.zero_point,
            "lowest": lowest,
            "highest": highest,
            "shift_a": shift_a,
            "shift_b": shift_b,
            "shift_output": shift_output,
            "sign": sign,
            "multiplier_a": factors[0].value,
            "multiplier_b": factors[1].value,
            "multiplier_output": factors[2].value,
        },
    )
    return pair(placed, "wb_add", (how,), "add.c")
