"""RELU, RELU6 and LEAKY_RELU of int16: a factor for values from 0 up, another one below."""

from __future__ import annotations

from workbench.codegen.fixed_point import Multiplier, multiplier
from workbench.codegen.lowering import Lowered, Placed, Struct
from workbench.codegen.operators.lookup import negative_slope
from workbench.codegen.operators.wide import symmetric, wide_ends
from workbench.codegen.quantization import Stored

_ONE = multiplier(1)
_MOST_SHIFT = 14  # to the left, so that an int16 value stays within 32 bits


def relu_wide(placed: Placed) -> Lowered:
    """Requantized, and at least zero."""
    given, made = _both(placed)
    factor = multiplier(given.scale / made.scale)
    return _slopes(placed, factor, factor, 0, made.highest)


def relu6_wide(placed: Placed) -> Lowered:
    """Held between zero and six of the input's scale; the device does not requantize."""
    given, _ = _both(placed)
    return _slopes(placed, _ONE, _ONE, 0, min(given.highest, given.quantized(6)))


def leaky_relu_wide(placed: Placed) -> Lowered:
    """Requantized, below zero with a factor of its own."""
    given, made = _both(placed)
    above = multiplier(given.scale / made.scale)
    below = multiplier(given.scale * negative_slope(placed.call) / made.scale)
    return _slopes(placed, above, below, made.lowest, made.highest)


def _slopes(placed: Placed, above: Multiplier, below: Multiplier, lowest: int, highest: int) -> Lowered:
    if max(above.shift, below.shift) > _MOST_SHIFT:
        raise placed.call.refusal("has scales too far apart.")
    fields = {
        "multiplier": above.value,
        "multiplier_below": below.value,
        "shift": above.shift,
        "shift_below": below.shift,
        "lowest": lowest,
        "highest": highest,
    }
    counts = (placed.call.output.elements, int(placed.access.backwards))
    arguments = (Struct("struct wb_slopes_wide", fields), *counts, *wide_ends(placed))
    return Lowered("wb_slopes_wide", arguments, ("slopes_wide.c",))


def _both(placed: Placed) -> tuple[Stored, Stored]:
    call = placed.call
    return symmetric(call, call.input(0)), symmetric(call, call.output)
