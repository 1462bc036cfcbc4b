"""int8 operators of one input: a table of 256 bytes each, computed here with the rules of TensorFlow Lite Micro."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_functions import logistic, tanh
from workbench.codegen.fixed_point import Multiplier, high_multiply, multiplier, requantize, shift_right
from workbench.codegen.lowering import Array, Lowered, Placed
from workbench.codegen.quantization import Stored, stored
from workbench.memory.plain_c.call import Call

Values = NDArray[np.int64]

_EVERY = np.arange(256, dtype=np.int64)  # stored values


def relu(placed: Placed) -> Lowered:
    """Requantized, and at least zero."""
    given, made = _ends(placed)
    values = made.zero_point + requantize(_EVERY - given.zero_point, multiplier(given.scale / made.scale))
    return _looked_up(placed, np.clip(values, max(made.lowest, made.zero_point), made.highest))


def relu6(placed: Placed) -> Lowered:
    """Held between zero and six of the input's scale; the device does not requantize."""
    given, _ = _ends(placed)
    return _looked_up(placed, np.clip(_EVERY, given.zero_point, min(given.highest, given.quantized(6))))


def leaky_relu(placed: Placed) -> Lowered:
    """Requantized, below zero with a factor of its own."""
    given, made = _ends(placed)
    factor = given.scale / made.scale
    alpha = negative_slope(placed.call)
    above = _EVERY - given.zero_point
    below = requantize(above, multiplier(given.scale * alpha / made.scale))
    values = made.zero_point + np.where(above >= 0, requantize(above, multiplier(factor)), below)
    return _looked_up(placed, np.clip(values, made.lowest, made.highest))


def negative_slope(call: Call) -> float:
    """LEAKY_RELU's factor below zero, a float32 value that is not negative itself."""
    alpha = float(np.float32(call.option("alpha", 0.0)))
    if not alpha >= 0:
        raise call.refusal(f"with the negative slope {alpha:.6g} has no kernel here.")
    return alpha


def logistic_table(placed: Placed) -> Lowered:
    """1 / (1 + exp(-x)) in steps of 1/256."""
    given, made = _ends(placed)
    if made.zero_point != 0:
        raise placed.call.refusal("needs an output with the zero point -128.")
    return _looked_up(placed, _saturating(given, shift_right(logistic(_in_sixteenths(given)), 23)))


def tanh_table(placed: Placed) -> Lowered:
    """tanh(x) in steps of 1/128."""
    given, _ = _ends(placed)
    return _looked_up(placed, _saturating(given, shift_right(tanh(_in_sixteenths(given)), 24) + 128))


def hard_swish(placed: Placed) -> Lowered:
    """x · min(max(x + 3, 0), 6) / 6 in int16 steps, as HardSwish in kernels/internal/reference/hard_swish.h takes."""
    given, made = _ends(placed)
    finer = np.float32(1 / 128) * np.float32(given.scale)
    to_output = multiplier(float(finer / np.float32(made.scale)))
    to_gate = multiplier(float(finer / np.float32(3 / 32768)))
    if to_output.shift > 0:
        raise placed.call.refusal("has an output scale too small for its input.")
    fine = (_EVERY - given.zero_point) * 128
    gate = fine
    if to_gate.shift > 0:
        gate = _int16(gate << min(to_gate.shift - 1, 31))
    gate = _high_multiply_16(gate, _to_16(to_gate))
    gate = _int16(gate << 1) if to_gate.shift > 0 else shift_right(gate, -to_gate.shift)
    gate = (gate + 32768) >> 1
    product = gate * _high_multiply_16(fine, _to_16(to_output))
    whole = np.sign(product) * (np.abs(product) >> 15)
    values = shift_right(whole, -to_output.shift) + made.zero_point
    return _looked_up(placed, np.clip(values, made.lowest, made.highest))


def requantized(placed: Placed) -> Lowered:
    """From one scale and zero point to others."""
    given, made = _ends(placed)
    values = made.zero_point + requantize(_EVERY - given.zero_point, multiplier(given.scale / made.scale))
    return _looked_up(placed, np.clip(values, made.lowest, made.highest))


def _in_sixteenths(given: Stored) -> Values:
    """Every value with four integer bits; those beyond the radius wrap, and are replaced."""
    return requantize(_EVERY - given.zero_point, _sixteenths(given))


def _sixteenths(given: Stored) -> Multiplier:
    return multiplier(given.scale * (1 << 27))


def _saturating(given: Stored, values: Values) -> Values:
    """The ends of the output's range for inputs that four integer bits do not hold."""
    radius = math.floor(15 * (1 << 27) / 2.0 ** _sixteenths(given).shift)
    above = _EVERY - given.zero_point
    inside = np.clip(values, 0, 255)
    return np.where(above <= -radius, 0, np.where(above >= radius, 255, inside))


def _to_16(factor: Multiplier) -> int:
    return min((factor.value + (1 << 15)) >> 16, 32767)


def _high_multiply_16(values: Values, factor: int) -> Values:
    """round(value · factor / 2^15), halves upwards."""
    return high_multiply(values << 16, factor)


def _int16(values: Values) -> Values:
    return np.asarray(np.clip(values, -32768, 32767))


def _ends(placed: Placed) -> tuple[Stored, Stored]:
    call = placed.call
    for tensor in (call.input(0), call.output):
        if tensor.dtype != "int8":
            raise call.refusal(f"of {tensor.dtype} has no kernel here.")
    return stored(call, call.input(0)), stored(call, call.output)


def _looked_up(placed: Placed, table: Values) -> Lowered:
    return Lowered(
        "wb_lookup",
        (
            placed.input_address(),
            placed.output_address(),
            placed.call.output.elements,
            Array("table", table.astype(np.uint8)),
            int(placed.access.backwards),
        ),
        ("lookup.c",),
    )
