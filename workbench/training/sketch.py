"""The network that settings describe, layer by layer, without TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.training.architectures import ARCHITECTURES
from workbench.training.layers import Dropout, Layer, Shape
from workbench.training.settings import TrainingSettings


@dataclass(frozen=True)
class LayerSketch:
    """One layer to draw: its Keras kind, output shape without the batch, parameters, multiply-accumulates."""

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    macs: int


def model_input_shape(feature_shape: Shape) -> Shape:
    """The model's input for features of this shape: (T, C) becomes (1, T, C), others stay."""
    return (1, *feature_shape) if len(feature_shape) == 2 else feature_shape


def network(settings: TrainingSettings, feature_shape: Shape, classes: int, task: str) -> list[Layer]:
    """The layers for features of this shape; a rate of 0 drops the dropout."""
    outputs = classes if task == "classification" else 1
    found = ARCHITECTURES[settings.architecture](settings, model_input_shape(feature_shape), outputs, task)
    return [layer for layer in found if not (isinstance(layer, Dropout) and layer.rate == 0)]


def describe_architecture(
    settings: TrainingSettings, feature_shape: Shape, classes: int, task: str = "classification"
) -> list[LayerSketch]:
    """What would be trained on features of this shape, input first.

    Raises NotSupported when the architecture cannot take such features.
    """
    shape = model_input_shape(feature_shape)
    sketches = [LayerSketch("input", "InputLayer", shape, 0, 0)]
    for index, layer in enumerate(network(settings, feature_shape, classes, task), 1):
        kind = type(layer).__name__
        after = layer.output_shape(shape)
        sketches.append(LayerSketch(f"{index}_{kind}", kind, after, layer.parameters(shape), layer.macs(shape)))
        shape = after
    return sketches
