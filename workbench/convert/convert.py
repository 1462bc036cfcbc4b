"""A Keras model to the bytes of a .tflite file. For child processes: the converter may crash the process it runs in."""

from __future__ import annotations

from collections.abc import Sequence
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
    INT8_FLOAT_IO = "int8_float_io"  # the same, but float32 comes in and goes out
    INT16X8 = "int16x8"  # int16 activations, int8 weights

    @property
    def words(self) -> str:
        """The kind for people."""
        return _TITLES.get(self, self.value)

    @property
    def runs_on_boards(self) -> bool:
        """Whether microcontroller runtimes take it: they know no float16 weights and no hybrid operators."""
        return self not in (Quantization.FLOAT16, Quantization.DYNAMIC_RANGE)

    @property
    def is_calibrated(self) -> bool:
        """Whether the ranges of activations are taken from windows."""
        return self in (Quantization.INT8, Quantization.INT8_FLOAT_IO, Quantization.INT16X8)


_TITLES = {
    Quantization.DYNAMIC_RANGE: "dynamic range",
    Quantization.INT8_FLOAT_IO: "int8 with float I/O",
}


def convert(model: Any, calibration: NDArray[np.float32], kind: Quantization, *, knows_ranges: bool = False) -> bytes:
    """``model`` (tf_keras) as a .tflite file for one window at a time.

    ``calibration`` are model inputs (N, …) float32 from the training split; int8 takes its ranges from them, unless
    the model was trained quantization-aware and ``knows_ranges``. Raises NotSupported when the converter cannot express
    the model.
    """
    import tensorflow as tf

    # A fixed batch of 1: a dynamic one leaves shape arithmetic that microcontroller runtimes get wrong.
    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="input")
    concrete = tf.function(lambda x: model(x, training=False)).get_concrete_function(signature)
    examples = None if knows_ranges else [(window[np.newaxis],) for window in calibration]
    return convert_function(concrete, model, examples, kind)


def convert_function(
    concrete: Any, holder: Any, calibration: Sequence[Sequence[NDArray[np.float32]]] | None, kind: Quantization
) -> bytes:
    """A concrete TensorFlow function as a .tflite file.

    ``holder`` is the model, or whatever tracks its variables; an example of ``calibration`` has an array (1, …) for
    each input in the order of the .tflite's own; None for a model that knows its ranges. Raises as ``convert`` does.
    """
    import tensorflow as tf

    if kind.is_calibrated and calibration is not None and not len(calibration):
        raise NotEnoughData(f"{kind.words} needs training windows to find the ranges of its activations.")
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], holder)
    if kind is not Quantization.FLOAT32:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind is Quantization.FLOAT16:
        converter.target_spec.supported_types = [tf.float16]
    if kind.is_calibrated:
        operators, type_outside = {
            Quantization.INT8: (tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.int8),
            Quantization.INT8_FLOAT_IO: (tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.float32),
            Quantization.INT16X8: (
                tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8,
                tf.int16,
            ),
        }[kind]
        if calibration is not None:
            converter.representative_dataset = lambda: (list(example) for example in calibration)
            converter.target_spec.supported_ops = [operators]
        converter.inference_input_type = converter.inference_output_type = type_outside
    try:
        return bytes(converter.convert())
    except Exception as error:  # the converter raises whatever its passes do
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise NotSupported(
            f"The converter cannot express this model as {kind.words}: {reason}", to_do="Choose another number format."
        ) from error
