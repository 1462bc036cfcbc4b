"""Operators of int16 activations: layers of int8 weights, sums, products, pools and smooth functions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import Multiplier, multiplier, multipliers
from workbench.codegen.lowering import Argument, Array, Lowered, Placed, Struct
from workbench.codegen.operators.channels import check_sizes
from workbench.codegen.operators.convolution import window_of
from workbench.codegen.operators.depthwise import by_line, lines_of
from workbench.codegen.operators.pair import walks_of
from workbench.codegen.operators.pooling import pool_window
from workbench.codegen.quantization import Stored, activation_limits, stored, stored_values
from workbench.graph.model import Tensor
from workbench.memory.plain_c.call import Call, is_computed

_WIDE = "int16_t"
_NEARLY = 1e-3  # CheckedLog2 in kernels/internal/quantization_util.cc
_MORE_BITS = 15  # that both inputs of a sum are given before they are scaled
_BIAS = {"int32": "<i4", "int64": "<i8"}
_TABLE = 512  # values between -32768 and 32767, and one more to end with


def convolution_wide(placed: Placed) -> Lowered:
    """CONV_2D, in blocks of output pixels, through a buffer of their inputs."""
    call = placed.call
    ends = (*wide_ends(placed), placed.scratch_address())
    arguments = (window_of(placed, 0), Array("weights", _weights(call)), _channels(call, call.output.shape[3]), *ends)
    return Lowered("wb_convolution_wide", arguments, ("convolution_wide.c",))


def depthwise_wide(placed: Placed) -> Lowered:
    """DEPTHWISE_CONV_2D, a channel at a time, through a ring of padded lines."""
    call = placed.call
    weights = by_line(placed, _weights(call).astype(np.int64)).astype(np.int8)
    ends = (*wide_ends(placed), placed.scratch_address())
    arguments = (lines_of(placed, 0), Array("weights", weights), _channels(call, call.output.shape[3]), *ends)
    return Lowered("wb_depthwise_wide", arguments, ("depthwise_wide.c",))


def fully_connected_wide(placed: Placed) -> Lowered:
    """FULLY_CONNECTED, a few outputs at a time, each from the whole input."""
    call = placed.call
    count, depth = call.input(1).shape
    check_sizes(call, (count, depth))
    sizes = (call.input(0).elements // depth, depth, int(placed.access.backwards))
    arguments = (Array("weights", _weights(call)), _channels(call, count), *sizes, *wide_ends(placed))
    return Lowered("wb_fully_connected_wide", arguments, ("fully_connected_wide.c",))


def add_wide(placed: Placed) -> Lowered:
    """The sum of two inputs, each broadcast as numpy does."""
    return _summed(placed, 1)


def subtract_wide(placed: Placed) -> Lowered:
    """The difference of two inputs, each broadcast as numpy does."""
    return _summed(placed, -1)


def multiply_wide(placed: Placed) -> Lowered:
    """The product of two inputs, each broadcast as numpy does."""
    call = placed.call
    a, b, made = (symmetric(call, tensor) for tensor in (call.input(0), call.input(1), call.output))
    return _pair(placed, 0, (Multiplier(0, 0), Multiplier(0, 0), multiplier(a.scale * b.scale / made.scale)))


def _summed(placed: Placed, sign: int) -> Lowered:
    """Both inputs in steps of twice the greater scale, 15 bits finer.

    The rule is that of CalculateOpData in micro/kernels/add_common.cc.
    """
    call = placed.call
    a, b, made = (symmetric(call, tensor) for tensor in (call.input(0), call.input(1), call.output))
    twice = 2 * max(a.scale, b.scale)
    to_output = multiplier(twice / ((1 << _MORE_BITS) * made.scale))
    factors = (multiplier(a.scale / twice), multiplier(b.scale / twice), to_output)
    if any(factor.shift > 0 for factor in factors):
        raise call.refusal("has an output scale too small for its inputs.")
    return _pair(placed, sign, factors)


def _pair(placed: Placed, sign: int, factors: tuple[Multiplier, Multiplier, Multiplier]) -> Lowered:
    lowest, highest = activation_limits(placed.call)
    fields: dict[str, int] = {"sign": sign, "lowest": lowest, "highest": highest}
    fields |= {f"shift_{name}": -one.shift for name, one in zip(("a", "b", "output"), factors, strict=True)}
    fields |= {f"multiplier_{name}": one.value for name, one in zip(("a", "b", "output"), factors, strict=True)}
    found = walks_of(placed)
    inputs = tuple(
        placed.input_address(place, _WIDE)
        if is_computed(placed.call.input(place))
        else Array("values", stored_values(placed.call.input(place)))
        for place in (0, 1)
    )
    arguments = (found.struct, Struct("struct wb_pair_wide", fields), *found.steps, *inputs)
    return Lowered("wb_pair_wide", (*arguments, placed.output_address(c_type=_WIDE)), ("pair_wide.c",))


def average_pool_wide(placed: Placed) -> Lowered:
    """The average of what lies inside the input, halves away from zero."""
    return _pooled(placed, 0)


def max_pool_wide(placed: Placed) -> Lowered:
    """The maximum of what lies inside the input."""
    return _pooled(placed, 1)


def _pooled(placed: Placed, greatest: int) -> Lowered:
    limits = activation_limits(placed.call)
    return Lowered("wb_pool_wide", (pool_window(placed), greatest, *limits, *wide_ends(placed)), ("pool_wide.c",))


def logistic_wide(placed: Placed) -> Lowered:
    """1 / (1 + exp(-x)) in steps of 2^-15, between the values of a table."""
    return _smooth(placed, "wb_logistic_wide", powers=(12,))


def tanh_wide(placed: Placed) -> Lowered:
    """tanh(x) = 2 / (1 + exp(-2x)) - 1 in steps of 2^-15, from the same table."""
    return _smooth(placed, "wb_tanh_wide", powers=(12, 11))


def _smooth(placed: Placed, function: str, powers: tuple[int, ...]) -> Lowered:
    """The factor is that of CalculateArithmeticOpDataLogistic in micro/kernels/logistic_common.cc, and of tanh.cc.

    A scale that lies within a thousandth of 2^-power, in its logarithm, counts as that for these ``powers``.
    """
    call = placed.call
    given = symmetric(call, call.input(0))
    symmetric(call, call.output)
    factor, shift = given.scale * 4096 * 3, 0
    power = -round(math.log2(given.scale))
    if power in powers and abs(math.log2(given.scale) + power) < _NEARLY:
        factor = 3.0 * 2 ** (12 - power)  # the steps of the table are a third of 2^-12
    else:
        while factor <= 32767 / 2 and shift <= 30:
            factor, shift = factor * 2, shift + 1
    if factor > 65535:
        raise call.refusal(f"of an input scale of {given.scale:.6g} has no kernel here.")
    counts = (int(factor), shift, call.output.elements, int(placed.access.backwards))
    return Lowered(function, (*counts, Array("table", logistic_table()), *wide_ends(placed)), ("smooth_wide.c",))


def logistic_table() -> NDArray[np.uint16]:
    """1 / (1 + exp(-i / 24)) in steps of 2^-16, each moved by half of what a straight line misses halfway to the next.

    The last, behind which everything is the greatest there is, is that. These are the 256 values of
    sigmoid_table_uint16 in kernels/internal/common.cc.
    """
    value, middle, following = (65536 / (1 + np.exp(-(np.arange(256) + ahead) / 24)) for ahead in (0, 0.5, 1))
    moved = value + (middle - (value + following) / 2) / 2
    return np.append(np.floor(moved[:-1] + 0.5), 65535).astype(np.uint16)


def softmax_wide(placed: Placed) -> Lowered:
    """Over the last axis, row by row, between the values of two tables (SoftmaxInt16 in reference/softmax.h)."""
    call = placed.call
    given = symmetric(call, call.input(0))
    if symmetric(call, call.output).scale != 1 / 32768:
        raise call.refusal("needs an output of scale 1/32768.")
    beta = float(np.float32(call.option("beta", 0.0)))
    factor = multiplier(given.scale * beta / (10 / 65535))
    if factor.shift > 14:
        raise call.refusal(f"with beta {beta:.6g} and scale {given.scale:.6g} has no kernel here.")
    length = call.output.shape[-1] if call.output.shape else 1
    tables = (
        Array("exp", _table(np.exp, np.float32(10 / 65535), 32767)),
        Array("reciprocal", _table(lambda x: 1 / (1 + x), np.float32(1 / 65535), -32768)),
    )
    counts = (call.output.elements // length, length, int(placed.access.backwards))
    return Lowered("wb_softmax_wide", (*factor, *counts, *tables, *wide_ends(placed)), ("smooth_wide.c",))


def _table(
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]], scale: np.float32, zero: int
) -> NDArray[np.int16]:
    """513 values in steps of 2^-15, each moved by half of what a straight line misses halfway to the next.

    The rule is that of LUTPopulate in kernels/internal/common.h, in float32.
    """
    low, high = scale * np.float32(-32768 - zero), scale * np.float32(32767 - zero)
    step = (high - low) / np.float32(_TABLE)
    made = np.float32(2 / 65535)
    inverse = np.float32(65536) / (made * np.float32(32767) - made * np.float32(-32768))

    def at(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return function(x.astype(np.float64)).astype(np.float32) * inverse

    places = np.arange(_TABLE, dtype=np.float32)
    value, middle, following = (
        at(low + places * step),
        at(low + places * step + step / np.float32(2)),
        at(low + (places + np.float32(1)) * step),
    )
    sample = _rounded(value)
    straight = _rounded((following + sample) / np.float32(2))
    moved = sample - _rounded((straight - _rounded(middle)) / np.float32(2))
    last = _rounded(at(np.array([high])))
    return np.asarray(np.clip(np.concatenate([moved, last]), -32768, 32767), np.int16)


def _rounded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Halves away from zero."""
    return np.asarray(np.sign(values) * np.floor(np.abs(values).astype(np.float64) + 0.5), np.float32)


def wide_ends(placed: Placed) -> tuple[Argument, Argument]:
    """Where the input and the output lie."""
    return placed.input_address(0, _WIDE), placed.output_address(0, _WIDE)


def symmetric(call: Call, tensor: Tensor) -> Stored:
    """How an int16 tensor lies in the arena; its zero point must be 0."""
    found = stored(call, tensor)
    if tensor.dtype != "int16" or found.zero_point:
        raise call.refusal(f"needs {tensor.name!r} as int16 with the zero point 0.")
    return found


def _weights(call: Call) -> NDArray[np.int8]:
    weights = call.input(1)
    if weights.data is None or weights.dtype != "int8":
        raise call.refusal(f"needs stored int8 weights, not {weights.dtype}.")
    return np.frombuffer(weights.data, np.int8, weights.elements).reshape(weights.shape)


def _channels(call: Call, count: int) -> Struct:
    """``struct wb_wide``: a bias of 32 bits makes sums of 32 bits, any other of 64."""
    given, made = symmetric(call, call.input(0)), symmetric(call, call.output)
    quantization = call.input(1).quantization
    if quantization is None or any(quantization.zero_points) or len(quantization.scales) not in {1, count}:
        raise call.refusal(f"needs {count} scales, or one, and no zero points for its weights.")
    scales = quantization.scales if len(quantization.scales) == count else quantization.scales * count
    values, shifts = multipliers(given.scale * scale / made.scale for scale in scales)
    if shifts.max(initial=0) > 7:
        raise call.refusal("has scales too far apart.")
    bias = call.inputs[2] if len(call.inputs) > 2 else None
    stored_bias = np.zeros(count, np.int64)
    if bias is not None:
        if bias.data is None or bias.dtype not in _BIAS or bias.elements != count:
            raise call.refusal(f"needs {count} stored whole numbers as its bias, {bias.name!r}.")
        stored_bias = np.frombuffer(bias.data, _BIAS[bias.dtype], count).astype(np.int64)
    lowest, highest = activation_limits(call)
    return Struct(
        "struct wb_wide",
        {
            "bias": Array("bias", stored_bias.astype("<i8").view(np.uint32)),
            "multiplier": Array("multiplier", values),
            "shift": Array("shift", shifts.astype(np.int8)),
            "count": count,
            "narrow": int(bias is not None and bias.dtype == "int32"),
            "lowest": lowest,
            "highest": highest,
        },
    )
