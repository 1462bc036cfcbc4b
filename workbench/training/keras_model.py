"""The layers of a sketch as a Keras model, and .keras files. TensorFlow is imported inside: for child processes."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workbench.errors import BadModel
from workbench.training.layers import BatchNormalization, Conv2D, DepthwiseConv2D, Layer, Shape

# What every layer of a kind has, beside the fields of the plain layer. A momentum of 0.9 follows short trainings.
_ALWAYS: dict[type[Layer], dict[str, Any]] = {
    Conv2D: {"padding": "same", "use_bias": False},
    DepthwiseConv2D: {"padding": "same", "use_bias": False},
    BatchNormalization: {"momentum": 0.9},
}


def build_model(network: Sequence[Layer], input_shape: Shape, seed: int) -> Any:
    """A tf_keras model with weights drawn from ``seed``; its layers are named as in the sketch."""
    import tf_keras

    tf_keras.utils.set_random_seed(seed)
    first = tf_keras.Input(shape=input_shape, name="input")
    value = first
    for index, layer in enumerate(network, 1):
        value = _keras_layer(layer, f"{index}_{type(layer).__name__}")(value)
    return tf_keras.Model(first, value, name="model")


def _keras_layer(layer: Layer, name: str) -> Any:
    import tf_keras

    build = getattr(tf_keras.layers, type(layer).__name__)
    return build(**dataclasses.asdict(layer), **_ALWAYS.get(type(layer), {}), name=name)


def scale_output(model: Any, gain: float, offset: float) -> None:
    """Make a regression model answer ``gain * y + offset`` where it answered y.

    The change goes into the last dense layer, so that a deployed model speaks the unit of the labels.
    """
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([kernel * np.float32(gain), bias * np.float32(gain) + np.float32(offset)])


def model_bytes(model: Any) -> bytes:
    """The model as the bytes of a .keras file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def load_model(path: Path) -> Any:
    """A model from a .keras file; BadModel when it cannot be read. Code in the file (Lambda layers) is refused."""
    import tf_keras

    try:
        return tf_keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever its parsers do
        raise BadModel("The trained model cannot be read.", where=str(path), to_do="Train again.") from error
