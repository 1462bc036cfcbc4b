"""A float model's weights and ranges to the int8 model that the converter would make of them.

The formulas are TensorFlow Lite's quantization specification: activations with one scale and zero point, weights
symmetric with a scale for each output channel, biases in int32. Weights come out with the converter's bytes, scales of
activations within a few units in their last place (see ranges.py); a test holds both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.ranges import Range
from workbench.errors import NotSupported
from workbench.graph.model import Graph, Operator, Quantization, Tensor
from workbench.graph.rewrite import changed

WEIGHTED = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"})
# Their output is measured in the same steps as their input.
SAME_STEPS = frozenset({"AVERAGE_POOL_2D", "EXPAND_DIMS", "MAX_POOL_2D", "RESHAPE", "SQUEEZE"})
FIXED_STEPS = frozenset({"SOFTMAX"})  # whatever the range
AT_THE_ENDS = frozenset({"QUANTIZE", "DEQUANTIZE"})  # between float32 outside and int8 inside
_MOST = 127
_MOST_BIAS = 2**31 - 1
_LEAST = np.float32(5e-7)  # a channel whose weights are all zero gets a scale as if this were its largest


def quantized(given: Graph, template: Graph, ranges: Mapping[int, Range]) -> dict[int, Tensor]:
    """The tensors of ``template``, an int8 model, that follow from a float model ``given`` of the same operators.

    ``ranges`` are those of the float model's ``calibrated`` tensors. Shapes and contents of ``given`` may differ from
    those that the template was made from. Raises NotSupported when the operators differ.
    """
    changes: dict[int, Tensor] = {}
    inside = [operator for operator in template.main.operators if operator.name not in AT_THE_ENDS]

    def now(index: int) -> Tensor:
        return changes.get(index, template.main.tensors[index])

    first, first_float = inside[0].inputs[0], given.main.inputs[0]
    changes[first] = _activation(now(first), given.main.tensors[first_float], ranges[first_float])
    for real, whole in zip(given.main.operators, inside, strict=True):
        if real.name != whole.name:
            raise NotSupported(f"The int8 model has {whole.name} where the float model has {real.name}.")
        source, target = whole.inputs[0], whole.outputs[0]
        made = given.main.tensors[real.outputs[0]]
        if whole.name in FIXED_STEPS:
            changes[target] = changed(now(target), shape=made.shape)
        elif whole.name in SAME_STEPS:
            changes[target] = changed(now(target), shape=made.shape, quantization=now(source).quantization)
        elif whole.name in WEIGHTED:
            changes[target] = _activation(now(target), made, ranges[real.outputs[0]])
            changes.update(_weights(given, real, whole, now))
        else:
            raise NotSupported(f"{whole.name} is not among the operators that are answered at once.")
        if whole.name == "RESHAPE" and len(whole.inputs) > 1:
            shape = template.main.tensors[whole.inputs[1]]
            changes[shape.index] = asking_for(shape, made.shape)
    return changes


def calibrated(given: Graph) -> tuple[int, ...]:
    """The activations of a float model whose ranges are needed, by tensor, after its input: all others follow."""
    return tuple(operator.outputs[0] for operator in given.main.operators if operator.name in WEIGHTED)


def _activation(tensor: Tensor, made: Tensor, found: Range) -> Tensor:
    """One scale and zero point for a range that is made to hold 0; in float32, as the converter computes it."""
    lowest, highest = np.float32(min(0.0, found[0])), np.float32(max(0.0, found[1]))
    scale = float((highest - lowest) / np.float32(255)) or 1.0
    zero_point = int(np.clip(np.floor(-128 - float(lowest) / scale + 0.5), -128, 127))
    return changed(tensor, shape=made.shape, quantization=Quantization((scale,), (zero_point,)))


def _weights(given: Graph, real: Operator, whole: Operator, now: Callable[[int], Tensor]) -> dict[int, Tensor]:
    weights = floats(given.main.tensors[real.inputs[1]])
    stored, taken = now(whole.inputs[1]), now(whole.inputs[0]).quantization
    if taken is None:
        raise NotSupported(f"The input of {whole.name} has no scale.")
    axis = weights.ndim - 1 if whole.name == "DEPTHWISE_CONV_2D" else 0
    others = tuple(i for i in range(weights.ndim) if i != axis)
    has_bias = len(whole.inputs) > 2 and whole.inputs[2] >= 0
    bias = floats(given.main.tensors[real.inputs[2]]).reshape(-1) if has_bias else np.zeros(1, np.float32)
    scales = _weight_scales(np.abs(weights).max(axis=others), bias, np.float32(taken.scales[0]))
    along = [1] * weights.ndim
    along[axis] = len(scales)
    steps = np.clip(np.rint(weights / scales.reshape(along)), -_MOST, _MOST).astype(np.int8)
    zeros = (0,) * len(scales)
    quantization = Quantization(tuple(scales.tolist()), zeros, axis)
    changes = {
        stored.index: changed(stored, shape=weights.shape, data=steps.tobytes(), quantization=quantization),
    }
    if has_bias:
        bias_scales = (np.float32(taken.scales[0]) * scales).astype(np.float32)
        whole_bias = np.rint(bias.astype(np.float64) / bias_scales.astype(np.float64))
        stored_bias = now(whole.inputs[2])
        changes[stored_bias.index] = changed(
            stored_bias,
            shape=bias.shape,
            data=np.clip(whole_bias, -(2**31), _MOST_BIAS).astype("<i4").tobytes(),
            quantization=Quantization(tuple(bias_scales.tolist()), zeros, 0),
        )
    return changes


def _weight_scales(
    largest: NDArray[np.float32], bias: NDArray[np.float32], input_scale: np.float32
) -> NDArray[np.float32]:
    """A scale for each output channel: for its largest weight, but not so fine that its bias leaves half of int32."""
    scales = np.maximum(largest, _LEAST).astype(np.float32) / np.float32(_MOST)
    for_bias = 2.0 * np.abs(bias.astype(np.float64)) / _MOST_BIAS / float(input_scale)
    found: NDArray[np.float32] = np.maximum(scales, for_bias).astype(np.float32)
    return found


def asking_for(wanted: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The stored shape a RESHAPE is given, for another one; what it leaves open (-1) stays open."""
    stored = np.frombuffer(wanted.data or b"", "<i4")
    sizes = [old if old < 0 else new for old, new in zip(stored.tolist(), shape, strict=True)]
    return changed(wanted, data=np.array(sizes, "<i4").tobytes())


def floats(tensor: Tensor) -> NDArray[np.float32]:
    """The content of a stored float32 tensor, in its shape."""
    if tensor.dtype != "float32" or tensor.data is None:
        raise NotSupported(f"{tensor.name!r} is not stored as float32.")
    return np.frombuffer(tensor.data, "<f4", tensor.elements).reshape(tensor.shape)
