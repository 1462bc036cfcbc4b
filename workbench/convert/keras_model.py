"""A loaded .keras model to a .tflite file: any number of inputs and outputs, either Keras. For child processes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.convert.convert import Quantization, convert_function
from workbench.convert.keras_file import LoadedModel
from workbench.graph.read import read_graph

Example = tuple[NDArray[np.float32], ...]  # an array (1, *shape) for each input of the model


def convert_model(loaded: LoadedModel, calibration: Sequence[Example], kind: Quantization) -> bytes:
    """The model as a .tflite file; ``calibration`` may be empty except for int8.

    Raises NotSupported when the converter cannot express the model, NotEnoughData without examples for int8.
    """
    import tensorflow as tf

    model = loaded.model
    signature = [tf.TensorSpec((1, *one.shape), one.dtype, name=one.name) for one in loaded.inputs]
    called = tf.function(lambda *values: model(list(values) if len(values) > 1 else values[0], training=False))
    concrete = called.get_concrete_function(*signature)
    # The converter freezes the variables that its holder tracks; it does not see into a Keras 3 model.
    holder = tf.Module()
    holder.variables_held = [_tensorflow_variable(variable) for variable in model.variables]
    if kind.is_calibrated and len(signature) > 1:
        order = _order(convert_function(concrete, holder, (), Quantization.FLOAT32))
        calibration = [tuple(example[place] for place in order) for example in calibration]
    return convert_function(concrete, holder, calibration, kind)


def _tensorflow_variable(variable: object) -> object:
    """The TensorFlow variable inside one of Keras 3; one of Keras 2 is its own."""
    inner = getattr(variable, "value", variable)
    return variable if callable(inner) else inner


def _order(tflite: bytes) -> list[int]:
    """For each input of the .tflite file, in its order, the number of the model's input: the converter mixes them."""
    found = [re.search(r"input_(\d+)", tensor.name) for tensor in read_graph(tflite).input_tensors]
    return [int(match[1]) if match else place for place, match in enumerate(found)]
