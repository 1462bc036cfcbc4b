"""A depthwise convolution of one input channel is a convolution with as many filters, which has the faster kernels."""

from __future__ import annotations

import dataclasses

import numpy as np

from workbench.graph.model import Tensor
from workbench.memory.plain_c.call import Call

_FILTERS = 3  # the axis of a depthwise convolution's weights; it is the first of a convolution's


def is_convolution(call: Call) -> bool:
    """Whether a DEPTHWISE_CONV_2D is one of int8 with a single input channel and stored weights."""
    given, weights = call.input(0), call.input(1)
    stored = weights.data is not None and weights.dtype == "int8" and len(weights.shape) == _FILTERS + 1
    return given.dtype == "int8" and given.shape[-1:] == (1,) and stored and weights.shape[:1] == (1,)


def as_convolution(call: Call) -> Call:
    """The same operator as CONV_2D: weights (1, height, width, filters) become (filters, height, width, 1)."""
    weights = call.input(1)
    tensors = tuple(_turned(one) if one.index == weights.index else one for one in call.subgraph.tensors)
    subgraph = dataclasses.replace(call.subgraph, tensors=tensors)
    return Call(dataclasses.replace(call.operator, name="CONV_2D"), subgraph)


def _turned(weights: Tensor) -> Tensor:
    values = np.frombuffer(weights.data or b"", np.int8, weights.elements).reshape(weights.shape)
    turned = np.transpose(values, (3, 1, 2, 0))
    quantization = weights.quantization and dataclasses.replace(weights.quantization, axis=0)
    return dataclasses.replace(weights, shape=turned.shape, data=turned.tobytes(), quantization=quantization)
