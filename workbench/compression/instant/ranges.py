"""The range of each activation over calibration windows, as the converter's calibrator takes it.

The float model runs on one window after the other with the built-in kernels. TensorFlow brings a build of its own of
the same kernels, which sums in another order: its ranges differ from these by a few units in the last place of a
float32, about 1e-7.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Range = tuple[float, float]


def activation_ranges(model: bytes, tensors: Sequence[int], windows: Floats) -> Mapping[int, Range]:
    """(lowest, highest) value of each of ``tensors`` of a float32 .tflite model, over windows (N, *input shape)."""
    parts = np.array_split(windows, max(1, min(os.cpu_count() or 1, len(windows) // 16)))
    with ThreadPoolExecutor(len(parts)) as threads:  # the runtime lets go of the interpreter lock
        found = list(threads.map(lambda part: _ranges(model, tensors, part), parts))
    lowest, highest = np.min([low for low, _ in found], axis=0), np.max([high for _, high in found], axis=0)
    return {tensor: (float(lowest[i]), float(highest[i])) for i, tensor in enumerate(tensors)}


def _ranges(model: bytes, tensors: Sequence[int], windows: Floats) -> tuple[Floats, Floats]:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=model,
        num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    taken = interpreter.get_input_details()[0]["index"]
    lowest, highest = np.full(len(tensors), np.inf, np.float32), np.full(len(tensors), -np.inf, np.float32)
    for window in windows:
        interpreter.set_tensor(taken, window[np.newaxis])
        interpreter.invoke()
        for i, tensor in enumerate(tensors):
            values = interpreter.get_tensor(tensor)
            lowest[i] = min(lowest[i], values.min())
            highest[i] = max(highest[i], values.max())
    return lowest, highest
