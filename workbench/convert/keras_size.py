"""How many weights the layers of a Keras configuration ask for, counted before Keras builds any of them.

A lower bound: layers that are not listed, and sizes that the file leaves out, count as nothing. What is counted are
the weights of each kind of layer as its documentation gives them, biases left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

Config = Mapping[str, Any]


def stated_weights(part: Any, channels: int = 1) -> int:
    """The weights of a configuration and all layers in it; ``channels`` are those that go into the layer around it."""
    if isinstance(part, list):
        return sum(stated_weights(one, channels) for one in part)
    if not isinstance(part, dict):
        return 0
    built = part.get("build_config")
    shape = built.get("input_shape") if isinstance(built, dict) else None
    if isinstance(shape, list) and shape:
        channels = _whole(shape[-1])
    config, count = part.get("config"), _LAYERS.get(str(part.get("class_name")))
    own = count(config, channels) if count is not None and isinstance(config, dict) else 0
    return own + sum(stated_weights(value, channels) for key, value in part.items() if key != "build_config")


def _whole(value: Any, default: int = 1) -> int:
    """A positive whole number, or ``default`` for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else default


def _size(config: Config, name: str) -> int:
    return _whole(config.get(name))


def _kernel(config: Config) -> int:
    """Taps of a kernel, whether it is given as one number or one for each axis."""
    size = config.get("kernel_size")
    return math.prod(_whole(one) for one in size) if isinstance(size, list) else _whole(size)


def _convolution(config: Config, channels: int) -> int:
    return _kernel(config) * channels * _size(config, "filters") // _size(config, "groups")


def _depthwise(config: Config, channels: int) -> int:
    return _kernel(config) * channels * _size(config, "depth_multiplier")


def _separable(config: Config, channels: int) -> int:
    return _depthwise(config, channels) + channels * _size(config, "depth_multiplier") * _size(config, "filters")


def _recurrent(gates: int) -> Callable[[Config, int], int]:
    return lambda config, channels: gates * _size(config, "units") * (channels + _size(config, "units"))


def _recurrent_convolution(config: Config, channels: int) -> int:
    return 4 * _kernel(config) * _size(config, "filters") * (channels + _size(config, "filters"))


_LAYERS: Mapping[str, Callable[[Config, int], int]] = {
    "Conv1D": _convolution,
    "Conv1DTranspose": _convolution,
    "Conv2D": _convolution,
    "Conv2DTranspose": _convolution,
    "ConvLSTM1D": _recurrent_convolution,
    "ConvLSTM2D": _recurrent_convolution,
    "Dense": lambda config, channels: channels * _size(config, "units"),
    "DepthwiseConv1D": _depthwise,
    "DepthwiseConv2D": _depthwise,
    "Embedding": lambda config, _channels: _size(config, "input_dim") * _size(config, "output_dim"),
    "GRU": _recurrent(3),
    "GRUCell": _recurrent(3),
    "LSTM": _recurrent(4),
    "LSTMCell": _recurrent(4),
    "MultiHeadAttention": lambda config, channels: 4 * channels * _size(config, "num_heads") * _size(config, "key_dim"),
    "SeparableConv1D": _separable,
    "SeparableConv2D": _separable,
    "SimpleRNN": _recurrent(1),
    "SimpleRNNCell": _recurrent(1),
}
