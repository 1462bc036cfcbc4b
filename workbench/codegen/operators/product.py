"""MUL of int8; MINIMUM and MAXIMUM of int8 and int16."""

from __future__ import annotations

from workbench.codegen.fixed_point import multiplier
from workbench.codegen.lowering import Lowered, Placed, Struct
from workbench.codegen.operators.pair import pair
from workbench.codegen.quantization import activation_limits, is_wide, stored


def multiply(placed: Placed) -> Lowered:
    """The product of two inputs of one shape, or broadcast as numpy does."""
    call = placed.call
    a, b, made = stored(call, call.input(0)), stored(call, call.input(1)), stored(call, call.output)
    factor = multiplier(a.scale * b.scale / made.scale)
    lowest, highest = activation_limits(call)
    how = Struct(
        "struct wb_product",
        {
            "multiplier": factor.value,
            "shift": factor.shift,
            "zero_a": a.zero_point,
            "zero_b": b.zero_point,
            "zero_output": made.zero_point,
            "lowest": lowest,
            "highest": highest,
        },
    )
    return pair(placed, "wb_multiply", (how,), "multiply.c")


def minimum(placed: Placed) -> Lowered:
    """The smaller of two values; nothing is requantized."""
    return _extreme(placed, 0)


def maximum(placed: Placed) -> Lowered:
    """The greater of two values; nothing is requantized."""
    return _extreme(placed, 1)


def _extreme(placed: Placed, greatest: int) -> Lowered:
    made = placed.call.output
    return pair(placed, "wb_extreme", (greatest, is_wide(made)), "extreme.c", made.dtype)
