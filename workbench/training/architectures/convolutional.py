"""Convolutions that halve their input, then a dense layer on a coarse summary.

Time series are pictures of one row, (1, T, C), because quantization-aware training and microcontroller kernels
know two-dimensional convolutions. The summary keeps up to four places in time (2x2 in a picture): what comes
last matters for a forecast.
"""

from __future__ import annotations

from collections.abc import Callable

from workbench.errors import NotSupported
from workbench.training.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    ReLU,
    Shape,
)
from workbench.training.settings import TrainingSettings

WIDEST = 4  # filters grow up to this multiple of the first layer's
PLACES_IN_TIME = 4
PLACES_ACROSS = 2  # in each direction of a picture
PICTURE_KERNEL = (3, 3)


Pair = tuple[int, int]
Convolve = Callable[[int, Pair, Pair], list[Layer]]  # filters, kernel, strides


def layers(settings: TrainingSettings, input_shape: Shape, outputs: int, task: str) -> list[Layer]:
    """``settings.layers`` convolutions, and one output a class (softmax) or one number.

    ``input_shape`` is (1, T, C) or (H, W, C); NotSupported for a plain list of features.
    """
    return stacked(settings, input_shape, outputs, task, convolution)


def stacked(settings: TrainingSettings, input_shape: Shape, outputs: int, task: str, later: Convolve) -> list[Layer]:
    """The same network with ``later`` in place of each convolution but the first."""
    if len(input_shape) != 3:
        raise NotSupported(
            "A convolutional network needs features in an order; statistics have none.",
            where="architecture",
            to_do="Choose the dense architecture, or raw or spectrum features.",
        )
    height, width, _ = input_shape
    picture = height > 1
    places = PLACES_ACROSS if picture else PLACES_IN_TIME
    strided = settings.downsampling == "strides"
    network: list[Layer] = []
    for index in range(settings.layers):
        filters = settings.width * min(2**index, WIDEST)
        kernel = PICTURE_KERNEL if picture else (1, min(settings.kernel, width))
        halves = (2 if height >= 2 * places else 1, 2 if width >= 2 * places else 1)
        strides = halves if picture else (halves[1], halves[1])  # the one row stays one
        network += (later if index else convolution)(filters, kernel, strides if strided else (1, 1))
        if strided:
            height, width = -(-height // halves[0]), -(-width // halves[1])
        elif halves != (1, 1):
            network.append(MaxPooling2D(halves))
            height, width = height // halves[0], width // halves[1]
    summary = (max(1, height // places) if picture else 1, max(1, width // places))
    if summary != (1, 1):
        network.append(AveragePooling2D(summary))
    return [
        *network,
        Flatten(),
        Dropout(settings.dropout),
        Dense(outputs, "softmax" if task == "classification" else "linear"),
    ]


def convolution(filters: int, kernel: Pair, strides: Pair) -> list[Layer]:
    """A convolution, normalized."""
    return [Conv2D(filters, kernel, strides), BatchNormalization(), ReLU()]
