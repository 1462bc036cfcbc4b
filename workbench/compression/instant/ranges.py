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

_MOST_VALUES = 1 << 18  # of one tensor: percentiles of more are the same to a thousandth of a step


def activation_ranges(
    model: bytes, tensors: Sequence[int], windows: Floats, percentile: float | None = None
) -> Mapping[int, Range]:
    """(lowest, highest) value of each of ``tensors`` of a float32 .tflite model, over windows (N, *input shape).

    With ``percentile`` in 50..100, the range leaves out what lies beyond it at either end.
    """
    parts = np.array_split(windows, max(1, min(os.cpu_count() or 1, len(windows) // 16)))
    look = _extremes if percentile is None else _values
    with ThreadPoolExecutor(len(parts)) as threads:  # the runtime lets go of the interpreter lock
        found = list(threads.map(lambda part: look(_Tensors(model, tensors), part), parts))
    if percentile is None:
        lowest, highest = np.min([low for low, _ in found], axis=0), np.max([high for _, high in found], axis=0)
        return {tensor: (float(lowest[i]), float(highest[i])) for i, tensor in enumerate(tensors)}
    return {
        tensor: _between_percentiles(np.concatenate([part[i] for part in found]), percentile)
        for i, tensor in enumerate(tensors)
    }


def input_range(windows: Floats, percentile: float | None = None) -> Range:
    """The range of the windows themselves; no weights change it."""
    if percentile is None:
        return float(windows.min()), float(windows.max())
    return _between_percentiles(windows.reshape(-1), percentile)


class _Tensors:
    """Runs a model window by window; gives views of some of its tensors."""

    def __init__(self, model: bytes, tensors: Sequence[int]) -> None:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        self._interpreter = Interpreter(
            model_content=model,
            num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            experimental_preserve_all_tensors=True,
        )
        self._interpreter.allocate_tensors()
        self._taken = self._interpreter.get_input_details()[0]["index"]
        self.tensors = tensors

    def of(self, window: Floats) -> Sequence[Floats]:
        """What the tensors hold after a window."""
        self._interpreter.set_tensor(self._taken, window[np.newaxis])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(tensor) for tensor in self.tensors]


def _extremes(model: _Tensors, windows: Floats) -> tuple[Floats, Floats]:
    lowest = np.full(len(model.tensors), np.inf, np.float32)
    highest = np.full(len(model.tensors), -np.inf, np.float32)
    for window in windows:
        for i, values in enumerate(model.of(window)):
            lowest[i] = min(lowest[i], values.min())
            highest[i] = max(highest[i], values.max())
    return lowest, highest


def _values(model: _Tensors, windows: Floats) -> tuple[Floats, ...]:
    """All values of each tensor, one after the other."""
    found = [[values.reshape(-1) for values in model.of(window)] for window in windows]
    return tuple(np.concatenate(one) for one in zip(*found, strict=True))


def _between_percentiles(values: Floats, percentile: float) -> Range:
    values = values[:: max(1, values.size // _MOST_VALUES)]
    low, high = np.percentile(values, (100 - percentile, percentile))
    return float(np.float32(low)), float(np.float32(high))
