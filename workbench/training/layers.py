"""What a network consists of, as plain data: drawn before training, built with Keras for training.

An architecture is a list of these layers; shapes, parameters and multiply-accumulates follow from them without
TensorFlow. Shapes leave out the batch. Classes and fields are called as in Keras.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Conv2D:
    """A convolution with same padding; without bias, because a BatchNormalization follows."""

    filters: int
    kernel_size: tuple[int, int]  # rows, columns
    strides: tuple[int, int] = (1, 1)

    def output_shape(self, shape: Shape) -> Shape:
        return (*_strided(shape, self.strides), self.filters)

    def parameters(self, shape: Shape) -> int:
        return math.prod(self.kernel_size) * shape[2] * self.filters

    def macs(self, shape: Shape) -> int:
        return math.prod(_strided(shape, self.strides)) * self.parameters(shape)


@dataclass(frozen=True)
class DepthwiseConv2D:
    """A convolution of each channel by itself with same padding and without bias."""

    kernel_size: tuple[int, int]  # rows, columns
    strides: tuple[int, int] = (1, 1)

    def output_shape(self, shape: Shape) -> Shape:
        return (*_strided(shape, self.strides), shape[2])

    def parameters(self, shape: Shape) -> int:
        return math.prod(self.kernel_size) * shape[2]

    def macs(self, shape: Shape) -> int:
        return math.prod(_strided(shape, self.strides)) * self.parameters(shape)


def _strided(shape: Shape, strides: tuple[int, int]) -> tuple[int, int]:
    return (-(-shape[0] // strides[0]), -(-shape[1] // strides[1]))


@dataclass(frozen=True)
class BatchNormalization:
    """Gain, offset, running mean and variance a channel; folded into the convolution by the converter."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> int:
        return 4 * shape[-1]

    def macs(self, shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class ReLU:
    """Negative values become 0."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> int:
        return 0

    def macs(self, shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class MaxPooling2D:
    """The largest of each patch; patches do not overlap, a rest is left out."""

    pool_size: tuple[int, int]

    def output_shape(self, shape: Shape) -> Shape:
        return (shape[0] // self.pool_size[0], shape[1] // self.pool_size[1], shape[2])

    def parameters(self, shape: Shape) -> int:
        return 0

    def macs(self, shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class AveragePooling2D(MaxPooling2D):
    """The mean of each patch; patches do not overlap, a rest is left out."""


@dataclass(frozen=True)
class Flatten:
    """All values in one list, in C order."""

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def parameters(self, shape: Shape) -> int:
        return 0

    def macs(self, shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class Dropout:
    """Leaves out a share of the values while training; does nothing on the board."""

    rate: float

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> int:
        return 0

    def macs(self, shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class Dense:
    """Every input to every unit, with bias; ``activation`` is "linear" or "softmax"."""

    units: int
    activation: str = "linear"

    def output_shape(self, shape: Shape) -> Shape:
        return (self.units,)

    def parameters(self, shape: Shape) -> int:
        return shape[0] * self.units + self.units

    def macs(self, shape: Shape) -> int:
        return shape[0] * self.units


Layer = (
    Conv2D | DepthwiseConv2D | BatchNormalization | ReLU | MaxPooling2D | AveragePooling2D | Flatten | Dropout | Dense
)
