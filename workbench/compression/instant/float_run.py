"""A float32 model on many windows: what its outputs hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BATCH = 20  # windows whose activations stay near the processor


def outputs_of(model: bytes, windows: Floats) -> Iterator[tuple[int, Floats]]:
    """Each output of a .tflite model, by tensor, to each batch of windows (N, *input shape), by XNNPACK.

    One by one when the model's shapes are made for one window.
    """
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=model, num_threads=1)
    batch = min(BATCH, len(windows))
    if not _takes(interpreter, windows[:batch]):
        batch = 1
    for start in range(0, len(windows), batch):
        some = windows[start : start + batch]
        taken = interpreter.get_input_details()[0]
        if taken["shape"][0] != len(some):
            _takes(interpreter, some)
        interpreter.set_tensor(taken["index"], some)
        interpreter.invoke()
        for output in interpreter.get_output_details():
            yield output["index"], interpreter.get_tensor(output["index"])


def _takes(interpreter: Any, windows: Floats) -> bool:
    """Make room for so many windows at once; whether each is answered on its own."""
    interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], windows.shape)
    try:
        interpreter.allocate_tensors()
    except RuntimeError:  # a RESHAPE to a fixed shape
        return False
    return all(output["shape"][0] == len(windows) for output in interpreter.get_output_details())
