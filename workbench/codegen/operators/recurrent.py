"""UNIDIRECTIONAL_SEQUENCE_LSTM of int8 with int16 cells, whose state stays from one invocation to the next."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import multipliers
from workbench.codegen.lowering import Array, Lowered, Placed, Pointers, Struct
from workbench.codegen.operators.channels import check_sizes
from workbench.codegen.operators.wide import logistic_table
from workbench.codegen.quantization import stored
from workbench.graph.model import Tensor
from workbench.memory.plain_c.call import Call

# Places of the inputs; each of the weights and biases has four, for the gates input, forget, cell and output.
_WEIGHTS, _UNIT_WEIGHTS, _BIASES = range(1, 5), range(5, 9), range(12, 16)
_STATE, _CELLS = 18, 19
_OTHERS = (9, 10, 11, 16, 17, 20, 21, 22, 23)  # peepholes, projection, layer normalization
_GATE_SCALE = 2.0**-12  # of what a gate's activation gets
_ACTIVATED = 2.0**-15  # of what it gives
_TABLE_BITS = 3  # whole ones of the table's range


def lstm(placed: Placed) -> Lowered:
    """Step by step; the rules are those of micro/kernels/lstm_eval.cc."""
    call = placed.call
    _check(call)
    given, state, cells = (stored(call, call.input(place)) for place in (0, _STATE, _CELLS))
    made = stored(call, call.output)
    if (made.scale, made.zero_point) != (state.scale, state.zero_point):
        raise call.refusal("needs an output with its state's scale and zero point.")
    power = math.log2(cells.scale)
    if power != int(power):
        raise call.refusal("needs cells whose scale is a power of two.")
    shift = 15 - _TABLE_BITS + int(power)  # of the cells, to the left
    factors = [given.scale * _scale(call.input(place)) / _GATE_SCALE for place in _WEIGHTS]
    factors += [state.scale * _scale(call.input(place)) / _GATE_SCALE for place in _UNIT_WEIGHTS]
    factors += [_ACTIVATED, _ACTIVATED * _ACTIVATED / cells.scale, _ACTIVATED * _ACTIVATED / state.scale]
    values, shifts = multipliers(factors)
    first, second, depth = call.input(0).shape
    time_major = bool(call.option("time_major"))
    batches, steps = (second, first) if time_major else (first, second)
    units = call.output.shape[-1]
    check_sizes(call, (batches, steps, depth, units))
    _check_shapes(call, batches, depth, units)
    clip = float(call.option("cell_clip", 0.0))
    fields: dict[str, int | float | Array | Pointers] = {
        "weights": Array("weights", _together(call, _WEIGHTS)),
        "unit_weights": Array("unit_weights", _together(call, _UNIT_WEIGHTS)),
        "bias": Array("bias", _biases(call, units)),
        "multiplier": Array("multiplier", values),
        "shift": Array("shift", shifts.astype(np.int8)),
        "table": Array("table", logistic_table()),
        "batches": batches,
        "steps": steps,
        "depth": depth,
        "units": units,
        "time_major": int(time_major),
        "zero_input": given.zero_point,
        "zero_output": state.zero_point,
        "clip": min(int(clip / cells.scale), 32767) if clip > 0 else 0,
        "tanh_multiplier": 3 << max(shift, 0),
        "tanh_shift": max(-shift, 0),
    }
    kept = (placed.input_address(_STATE), placed.input_address(_CELLS, "int16_t"))
    ends = (placed.input_address(), *kept, placed.output_address(), placed.scratch_address())
    return Lowered("wb_lstm", (Struct("struct wb_lstm", fields), *ends), ("lstm.c",))


def _check(call: Call) -> None:
    """Refuse all forms but the one that Keras makes."""
    others = [call.inputs[place] for place in _OTHERS if place < len(call.inputs)]
    if len(call.inputs) <= _CELLS or any(tensor is not None for tensor in others):
        raise call.refusal("with peepholes, a projection or layer normalization has no kernel here.")
    if call.option("fused_activation_function") != "TANH":
        raise call.refusal("with another activation than tanh has no kernel here.")
    types = (*(call.input(place).dtype for place in (0, _STATE, _CELLS)), call.output.dtype)
    if types != ("int8", "int8", "int16", "int8"):
        raise call.refusal(f"of {types[0]} with a state of {types[1]} and cells of {types[2]} has no kernel here.")
    for place in (*_WEIGHTS, *_UNIT_WEIGHTS):
        weights = call.input(place)
        given = weights.quantization
        symmetric = given is not None and not given.per_channel and not any(given.zero_points)
        if weights.data is None or weights.dtype != "int8" or not symmetric:
            raise call.refusal(f"needs {weights.name!r} as stored int8 weights with one scale and no zero point.")


def _check_shapes(call: Call, batches: int, depth: int, units: int) -> None:
    wanted = dict.fromkeys(_WEIGHTS, units * depth) | dict.fromkeys(_UNIT_WEIGHTS, units * units)
    wanted |= dict.fromkeys((_STATE, _CELLS), batches * units)
    if any(call.input(place).elements != elements for place, elements in wanted.items()):
        raise call.refusal("has shapes at odds.")


def _scale(weights: Tensor) -> float:
    return weights.quantization.scales[0] if weights.quantization else 1.0


def _together(call: Call, places: range) -> NDArray[np.int8]:
    return np.concatenate([np.frombuffer(call.input(place).data or b"", np.int8) for place in places])


def _biases(call: Call, units: int) -> NDArray[np.int32]:
    found = []
    for place in _BIASES:
        bias = call.inputs[place]
        if bias is not None and (bias.data is None or bias.dtype != "int32" or bias.elements != units):
            raise call.refusal(f"needs {units} stored int32 values as its bias, {bias.name!r}.")
        found.append(np.zeros(units, np.int32) if bias is None else np.frombuffer(bias.data or b"", "<i4", units))
    return np.concatenate(found).astype(np.int32)
