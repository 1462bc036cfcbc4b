"""A loaded .keras model to a .tflite file: any number of inputs and outputs, either Keras. For child processes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.convert.convert import Quantization, convert_function
from workbench.convert.keras_file import LoadedModel
from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.graph.read import read_graph

Example = tuple[NDArray[np.float32], ...]  # an array (1, *shape) for each input of the model


def convert_model(loaded: LoadedModel, calibration: Sequence[Example], kind: Quantization) -> bytes:
    """The model as a .tflite file; ``calibration`` may be empty except for int8.

    Raises NotSupported when the converter cannot express the model so, NotEnoughData without examples for int8.
    """
    import tensorflow as tf

    model = loaded.model
    signature = [tf.TensorSpec((1, *one.shape), one.dtype, name=one.name) for one in loaded.inputs]
    called = tf.function(lambda *values: model(list(values) if len(values) > 1 else values[0], training=False))
    concrete = called.get_concrete_function(*signature)
    # The converter freezes the variables that its holder tracks; it does not see into a Keras 3 model.
    holder = tf.Module()
    holder.variables_held = [_tensorflow_variable(variable) for variable in model.variables]
    if kind.is_calibrated and (len(signature) > 1 or _has_loops(concrete)):
        plain = read_graph(convert_function(concrete, holder, (), Quantization.FLOAT32))
        _check_loops(plain, kind)
        order = _order(plain)
        calibration = [tuple(example[place] for place in order) for example in calibration]
    return convert_function(concrete, holder, calibration, kind)


def _tensorflow_variable(variable: object) -> object:
    """The TensorFlow variable inside one of Keras 3; one of Keras 2 is its own."""
    inner = getattr(variable, "value", variable)
    return variable if callable(inner) else inner


def _has_loops(concrete: Any) -> bool:
    """Whether a TensorFlow function loops: recurrent layers do, unless they are unrolled."""
    definition = concrete.graph.as_graph_def()
    functions = (function.node_def for function in definition.library.function)
    return any("While" in node.op for node in itertools.chain(definition.node, *functions))


def _check_loops(plain: Graph, kind: Quantization) -> None:
    """Raise NotSupported for loops that the converter leaves in a model: finding ranges in one crashes it.

    An LSTM of Keras 2 becomes one operator instead.
    """
    if "WHILE" in plain.operator_names:
        raise NotSupported(
            f"The model's recurrent layers become a loop, and the converter finds no ranges for {kind.words} in one.",
            to_do="Build them with unroll=True, or choose float32.",
        )


def _order(plain: Graph) -> list[int]:
    """For each input of the .tflite file, in its order, the number of the model's input: the converter mixes them."""
    found = [re.search(r"input_(\d+)", tensor.name) for tensor in plain.input_tensors]
    return [int(match[1]) if match else place for place, match in enumerate(found)]
