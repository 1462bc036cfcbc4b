"""Layers whose constant channels compute nothing: no weights, and a bias that gives the constant.

As they come, such channels have multipliers too small or biases too large for the fast kernels, which then could not
take the whole layer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.channel_ranges import Range
from workbench.codegen.quantization import stored
from workbench.graph.model import Operator, Subgraph, Tensor
from workbench.memory.plain_c.call import Call

# Requantized with a factor of a quarter, four times a whole number gives that number: no rounding comes into it.
_FACTOR = 0.25
_AXES = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}  # of the weights: output channels


def with_constants_in_biases(subgraph: Subgraph, ranges: Mapping[int, Range]) -> Subgraph:
    """The subgraph with such layers; what it computes is the same. Layers with one scale for all stay as they are."""
    tensors, operators = list(subgraph.tensors), []
    for operator in subgraph.operators:
        call = Call(operator, subgraph)
        found = ranges.get(operator.outputs[0]) if operator.name in _AXES else None
        rewrite = found is not None and found.constant.any() and _has_scales(call, found)
        operators.append(_rewritten(call, found, tensors) if found is not None and rewrite else operator)
    return dataclasses.replace(subgraph, tensors=tuple(tensors), operators=tuple(operators))


def _has_scales(call: Call, found: Range) -> bool:
    """Whether there is a scale, and a bias, for each output channel."""
    weights = call.input(1)
    count = found.constant.size
    scales = weights.quantization.scales if weights.quantization else ()
    bias = call.inputs[2] if len(call.inputs) > 2 else None
    return (
        len(scales) == count > 1
        and weights.dtype == "int8"
        and bias is not None
        and bias.dtype == "int32"
        and bias.elements == count
        and weights.data is not None
        and bias.data is not None
    )


def _rewritten(call: Call, found: Range, tensors: list[Tensor]) -> Operator:
    """The layer with constants of its own, which join ``tensors``."""
    constant, operator = found.constant, call.operator
    weights, bias = call.input(1), call.input(2)
    given, made = stored(call, call.input(0)), stored(call, call.output)
    values = np.moveaxis(_values(weights, "<i1"), _AXES[operator.name], -1) * ~constant
    sums = np.where(constant, (found.least - made.zero_point) / _FACTOR, _values(bias, "<i4"))
    own = weights.quantization.scales if weights.quantization else ()
    scales = np.where(constant, _FACTOR * made.scale / given.scale, own)
    first = len(tensors)
    tensors += [
        dataclasses.replace(
            weights,
            index=first,
            data=np.moveaxis(values, -1, _AXES[operator.name]).astype("<i1").tobytes(),
            quantization=weights.quantization
            and dataclasses.replace(weights.quantization, scales=tuple(scales.tolist())),
        ),
        dataclasses.replace(bias, index=first + 1, data=sums.astype("<i4").tobytes()),
    ]
    return dataclasses.replace(operator, inputs=(operator.inputs[0], first, first + 1, *operator.inputs[3:]))


def _values(tensor: Tensor, dtype: str) -> NDArray[np.int64]:
    return np.frombuffer(tensor.data or b"", dtype, tensor.elements).reshape(tensor.shape).astype(np.int64)
