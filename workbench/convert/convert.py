"""A Keras model to the bytes of a .tflite file. For child processes: the converter may crash the process it runs in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import NotEnoughData, NotSupported


class Quantization(StrEnum):
    """The number format of a deployed model."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"  # weights only; computes in float32
    DYNAMIC_RANGE = "dynamic_range"  # int8 weights, activations quantized as they come
    INT8 = "int8"  # weights, activations, input and output

    @property
    def runs_on_boards(self) -> bool:
        """Whether microcontroller runtimes take it: they know no float16 weights and no hybrid operators."""
        return self in (Quantization.FLOAT32, Quantization.INT8)


def convert(model: Any, calibration: NDArray[np.float32], kind: Quantization) -> bytes:
    """``model`` (tf_keras) as a .tflite file for one window at a time.

    ``calibration`` are model inputs (N, …) float32 from the training split; int8 takes its ranges from them.
    Raises NotSupported when the converter cannot express the model.
    """
    import tensorflow as tf

    # A fixed batch of 1: a dynamic one leaves shape arithmetic that microcontroller runtimes get wrong.
    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="input")
    concrete = tf.function(lambda x: model(x, training=False)).get_concrete_function(signature)
    return convert_function(concrete, model, [(window[np.newaxis],) for window in calibration], kind)


def convert_function(
    concrete: Any, holder: Any, calibration: Sequence[Sequence[NDArray[np.float32]]], kind: Quantization
) -> bytes:
    """A concrete TensorFlow function as a .tflite file.

    ``holder`` is the model, or whatever tracks its variables; an example of ``calibration`` has an array (1, …) for
    each input in the order of the .tflite's own. Raises as ``convert`` does.
    """
    import tensorflow as tf

    if kind is Quantization.INT8 and not len(calibration):
        raise NotEnoughData("Full int8 needs training windows to find the ranges of its activations.")
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], holder)
    if kind is not Quantization.FLOAT32:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind is Quantization.FLOAT16:
        converter.target_spec.supported_types = [tf.float16]
    if kind is Quantization.INT8:

        def representative() -> Iterator[list[NDArray[np.float32]]]:
            for example in calibration:
                yield list(example)

        converter.representative_dataset = representative
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
    try:
        return bytes(converter.convert())
    except Exception as error:  # the converter raises whatever its passes do
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise NotSupported(
            f"The converter cannot express this model as {kind}: {reason}", to_do="Choose another number format."
        ) from error
