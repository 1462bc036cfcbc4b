"""Weights, biases and requantization of operators whose weights have a filter for each output channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import multipliers
from workbench.codegen.lowering import Array, Struct
from workbench.codegen.quantization import Stored, activation_limits, stored
from workbench.graph.model import Quantization, Tensor
from workbench.memory.plain_c.call import Call, is_computed

LARGEST = 32767  # of what kernels hold in an int16: sizes, strides, channels
_WRAP = 1 << 32
_BIAS = {"int32": "<i4", "int64": "<i8"}


@dataclass(frozen=True, eq=False)
class Channels:
    """What an operator of int8 activations and int8 weights computes for each output channel.

    ``weights`` are int64 as the model stores them; ``bias`` int64 of shape (channels,), of accumulators over
    q − zero point; ``multiplier`` and ``shift`` (channels,) take an accumulator to the output's steps.
    ``given`` is the input, ``made`` the output as stored, between ``lowest`` and ``highest``.
    """

    weights: NDArray[np.int64]
    bias: NDArray[np.int64]
    multiplier: NDArray[np.int32]
    shift: NDArray[np.int32]
    given: Stored
    made: Stored
    lowest: int
    highest: int

    @property
    def count(self) -> int:
        return self.bias.size

    def folded(self, sums: NDArray[np.int64]) -> NDArray[np.int32]:
        """Biases for accumulators over stored values: less the zero point times the sum of each channel's weights.

        Wrapped at 32 bits, as the accumulators are.
        """
        return wrapped(self.bias - self.given.zero_point * sums)

    def struct(self, bias: NDArray[np.int32]) -> Struct:
        """``struct wb_channels`` with these biases."""
        shared = bool((self.multiplier == self.multiplier[0]).all() and (self.shift == self.shift[0]).all())
        own = 1 if shared else self.count
        return Struct(
            "struct wb_channels",
            {
                "bias": Array("bias", bias),
                "multiplier": Array("multiplier", self.multiplier[:own]),
                "shift": Array("shift", self.shift[:own].astype(np.int8)),
                "count": self.count,
                "apart": 0 if shared else 1,
                "zero_point": self.made.zero_point,
                "lowest": self.lowest,
                "highest": self.highest,
            },
        )


def channels(call: Call, count: int) -> Channels:
    """The constants of a layer with ``count`` output channels.

    Factors are computed in double precision, one for each channel (PopulateConvolutionQuantizationParams in
    kernels/kernel_util.cc). So are those of FULLY_CONNECTED, with one scale for all weights too: older sources round
    the product of the scales to float32, TensorFlow Lite Micro as it runs does not.
    """
    given, made, scales = _quantization(call)
    factors = [given.scale * scale / made.scale for scale in _each(call, scales, count)]
    return _channels(call, count, factors, given, made)


def wrapped(values: NDArray[np.int64]) -> NDArray[np.int32]:
    """int64 to int32, wrapping as unsigned arithmetic does on the device."""
    return (((values + _WRAP // 2) % _WRAP) - _WRAP // 2).astype(np.int32)


def check_sizes(call: Call, sizes: Sequence[int]) -> None:
    """Refuse what kernels cannot hold in an int16."""
    if max(sizes) > LARGEST:
        raise call.refusal(f"has a size of {max(sizes):,}; {LARGEST:,} is the limit of its kernel.")


def _quantization(call: Call) -> tuple[Stored, Stored, tuple[float, ...]]:
    weights = call.input(1)
    for tensor in (call.input(0), call.output):
        if tensor.dtype != "int8":
            raise call.refusal(f"of {tensor.dtype} has no kernel here.")
    if is_computed(weights):
        raise call.refusal("with weights that are computed has no kernel here.")
    if weights.dtype != "int8":
        raise call.refusal(f"with weights of {weights.dtype} has no kernel here.")
    return stored(call, call.input(0)), stored(call, call.output), _symmetric(call, weights).scales


def _symmetric(call: Call, weights: Tensor) -> Quantization:
    given = weights.quantization
    if given is None or min(given.scales) < 0:
        raise call.refusal(f"needs scales that are not negative for {weights.name!r}.")
    if any(given.zero_points):
        raise call.refusal(f"needs weights with the zero point 0; {weights.name!r} has others.")
    return given


def _each(call: Call, scales: Sequence[float], count: int) -> Sequence[float]:
    if len(scales) not in (1, count):
        raise call.refusal(f"has {len(scales)} scales for {count} channels.")
    return scales if len(scales) == count else [scales[0]] * count


def _channels(call: Call, count: int, factors: Sequence[float], given: Stored, made: Stored) -> Channels:
    tensor = call.input(1)
    weights = np.frombuffer(tensor.data or b"", np.int8, tensor.elements).astype(np.int64).reshape(tensor.shape)
    by_value, by_shift = multipliers(factors)
    if by_shift.max(initial=0) > 30:
        raise call.refusal("has scales too far apart.")
    lowest, highest = activation_limits(call)
    return Channels(weights, _bias(call, count), by_value, by_shift, given, made, lowest, highest)


def _bias(call: Call, count: int) -> NDArray[np.int64]:
    tensor = call.inputs[2] if len(call.inputs) > 2 else None
    if tensor is None:
        return np.zeros(count, np.int64)
    if tensor.data is None or tensor.dtype not in _BIAS or tensor.elements != count:
        raise call.refusal(f"needs {count} stored whole numbers as its bias, {tensor.name!r}.")
    return np.frombuffer(tensor.data, _BIAS[tensor.dtype], count).astype(np.int64)
