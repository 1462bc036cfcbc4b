"""int8 operators of one input: a table of 256 bytes each, computed here with the rules of TensorFlow Lite Micro."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import multiplier, requantize
from workbench.codegen.lowering import Array, Lowered, Placed
from workbench.codegen.quantization import Stored, stored

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
    alpha = float(np.float32(placed.call.option("alpha", 0.0)))
    if alpha < 0:
        raise placed.call.refusal(f"with the negative slope {alpha:.6g} has no kernel here.")
    above = _EVERY - given.zero_point
    below = requantize(above, multiplier(given.scale * alpha / made.scale))
    values = made.zero_point + np.where(above >= 0, requantize(above, multiplier(factor)), below)
    return _looked_up(placed, np.clip(values, made.lowest, made.highest))


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
