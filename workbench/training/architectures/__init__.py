"""The table of architectures. A new one is a module like dense.py and a line here.

Each module's ``layers(settings, input_shape, outputs, task)`` gives the network as plain layers.
"""

from __future__ import annotations

from collections.abc import Callable

from workbench.training.architectures import convolutional, dense, separable
from workbench.training.layers import Layer, Shape
from workbench.training.settings import TrainingSettings

ARCHITECTURES: dict[str, Callable[[TrainingSettings, Shape, int, str], list[Layer]]] = {
    "convolutional": convolutional.layers,
    "separable": separable.layers,
    "dense": dense.layers,
}
