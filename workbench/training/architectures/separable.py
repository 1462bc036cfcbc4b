"""Convolutions in two steps, each channel by itself and then across channels: far fewer weights and operations.

As in A. Howard et al., MobileNets, 2017; the first layer is a whole convolution, because its input has few channels.
"""

from __future__ import annotations

from workbench.training.architectures import convolutional
from workbench.training.architectures.convolutional import Pair
from workbench.training.layers import BatchNormalization, DepthwiseConv2D, Layer, ReLU, Shape
from workbench.training.settings import TrainingSettings


def layers(settings: TrainingSettings, input_shape: Shape, outputs: int, task: str) -> list[Layer]:
    """The convolutional network with its later layers in two steps; NotSupported for a plain list of features."""
    return convolutional.stacked(settings, input_shape, outputs, task, _separable)


def _separable(filters: int, kernel: Pair, strides: Pair) -> list[Layer]:
    """TensorFlow's depthwise convolutions know equal strides only; the second step takes others."""
    first, second = (strides, (1, 1)) if strides[0] == strides[1] else ((1, 1), strides)
    across = convolutional.convolution(filters, (1, 1), second)
    return [DepthwiseConv2D(kernel, first), BatchNormalization(), ReLU(), *across]
