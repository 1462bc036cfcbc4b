"""The range of each activation over calibration windows, as the converter's calibrator takes it.

The calibrator runs the float model on one window after the other with TensorFlow's build of the built-in kernels. The
runtime here takes batches of them through XNNPACK, several times as fast. It sums in another order: its ranges differ
from the calibrator's by a few units in the last place of a float32, about 1e-7.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.float_run import outputs_of

Floats = NDArray[np.float32]
Range = tuple[float, float]

_PART = 100  # windows a thread takes at a time; preparing the runtime for them takes about as long as one batch
_MOST_VALUES = 1 << 18  # of one tensor: percentiles of more are the same to a thousandth of a step


def activation_ranges(
    model: bytes, windows: Floats, percentile: float | None, threads: ThreadPoolExecutor
) -> Mapping[int, Range]:
    """(lowest, highest) value of each output of a float32 .tflite model, by tensor, over windows (N, *input shape).

    With ``percentile`` in 50..100, a range leaves out what lies beyond it at either end.
    """

    def look(part: Floats) -> dict[int, Floats]:
        seen: dict[int, list[Floats]] = {}
        for tensor, values in outputs_of(model, part):
            kept = values if percentile is not None else np.array([values.min(), values.max()])
            seen.setdefault(tensor, []).append(kept.reshape(-1))
        return {tensor: np.concatenate(kept) for tensor, kept in seen.items()}

    parts = [windows[start : start + _PART] for start in range(0, len(windows), _PART)]
    found = list(threads.map(look, parts))  # the runtime lets go of the interpreter lock
    return {tensor: input_range(np.concatenate([part[tensor] for part in found]), percentile) for tensor in found[0]}


def input_range(values: Floats, percentile: float | None = None) -> Range:
    """The range of values of any shape, such as of the windows themselves, which no weights change."""
    if percentile is None:
        return float(values.min()), float(values.max())
    flat = values.reshape(-1)
    low, high = np.percentile(flat[:: max(1, flat.size // _MOST_VALUES)], (100 - percentile, percentile))
    return float(np.float32(low)), float(np.float32(high))
