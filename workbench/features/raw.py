"""Raw samples: the window itself.

Feature i of a window is its i-th value in C order: ``x[t][c]`` at ``t * C + c``, pictures ``x[row][column][c]``
at ``(row * W + column) * C + c`` with values 0..255. There is one normalisation pair a channel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.features.settings import FeatureSettings


def output_shape(input_shape: tuple[int, ...], settings: FeatureSettings) -> tuple[int, ...]:
    """The window's own shape."""
    return input_shape


def compute(windows: NDArray[np.float32], settings: FeatureSettings) -> NDArray[np.float32]:
    """The windows (N, T, C) or (N, H, W, C), unchanged."""
    return windows


def names(input_shape: tuple[int, ...], settings: FeatureSettings, rate_hz: float | None) -> tuple[str, ...]:
    """Names along the first axis of the output: the time since the window's start, or the row of a picture."""
    if rate_hz is None:
        return tuple(f"row {row}" for row in range(input_shape[0]))
    return tuple(f"{row / rate_hz:.4g} s" for row in range(input_shape[0]))


def state_bytes(input_shape: tuple[int, ...], settings: FeatureSettings) -> int:
    """No memory beyond the window and the output."""
    return 0
