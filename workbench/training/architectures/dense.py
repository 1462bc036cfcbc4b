"""Dense layers on the features as one list."""

from __future__ import annotations

from workbench.training.layers import Dense, Dropout, Flatten, Layer, ReLU, Shape
from workbench.training.settings import TrainingSettings

UNITS_PER_WIDTH = 4  # a dense unit costs far fewer operations than a filter


def layers(settings: TrainingSettings, input_shape: Shape, outputs: int, task: str) -> list[Layer]:
    """``settings.layers`` hidden layers, and one output a class (softmax) or one number."""
    network: list[Layer] = [Flatten()] if len(input_shape) > 1 else []
    for _ in range(settings.layers):
        network += [Dense(UNITS_PER_WIDTH * settings.width), ReLU(), Dropout(settings.dropout)]
    return [*network, Dense(outputs, "softmax" if task == "classification" else "linear")]
