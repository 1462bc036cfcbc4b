"""A few statistics per channel.

For a channel ``x[0..T-1]``, all in float32, every sum taken in the order of t and every product rounded before it
is added (compile with ``-ffp-contract=off`` for the same bits):

======  ==============  ====================================================================
index   name            value
======  ==============  ====================================================================
0       mean            (x[0] + ... + x[T-1]) / T
1       std             sqrt(sum of (x[t] - mean)^2 / T)
2       rms             sqrt(sum of x[t]^2 / T)
3       min             smallest x[t]
4       max             largest x[t]
5       mean change     (sum over t >= 1 of |x[t] - x[t-1]|) / (T - 1)
6       mean crossings  (number of t >= 1 with (x[t] >= mean) != (x[t-1] >= mean)) / (T - 1)
======  ==============  ====================================================================

Statistic s of channel c is feature ``c * 7 + s``. With T = 1 the last two are 0. There is one normalisation pair
a feature.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from workbench.features.settings import FeatureSettings

STATISTICS = ("mean", "std", "rms", "min", "max", "mean change", "mean crossings")


def output_shape(input_shape: tuple[int, ...], settings: FeatureSettings) -> tuple[int, ...]:
    """(channels * 7,)."""
    return (input_shape[1] * len(STATISTICS),)


def compute(windows: NDArray[np.float32], settings: FeatureSettings) -> NDArray[np.float32]:
    """Windows (N, T, C) to features (N, C * 7), float32."""
    count, rows, channels = windows.shape
    # Time first: each step of a sum is one addition over all windows, in the order that C takes them.
    x = np.ascontiguousarray(windows.transpose(1, 0, 2), dtype=np.float32)
    length = np.float32(rows)
    mean = sum_in_order(x) / length
    spread = np.zeros_like(mean)
    square = np.zeros_like(mean)
    for row in x:
        centred = row - mean
        spread += centred * centred
        square += row * row
    change = np.zeros_like(mean)
    crossings = np.zeros_like(mean)
    for before, row in itertools.pairwise(x):
        change += np.abs(row - before)
        crossings += (row >= mean) != (before >= mean)
    steps = np.float32(max(rows - 1, 1))
    columns = (
        mean,
        np.sqrt(spread / length),
        np.sqrt(square / length),
        x.min(axis=0),
        x.max(axis=0),
        change / steps,
        crossings / steps,
    )
    return np.stack(columns, axis=2).reshape(count, channels * len(STATISTICS))


def sum_in_order(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sum over the first axis, one row after the other (numpy's own sum adds in pairs)."""
    total: NDArray[np.float32] = np.zeros(x.shape[1:], dtype=np.float32)
    for row in x:
        total += row
    return total


def names(input_shape: tuple[int, ...], settings: FeatureSettings, rate_hz: float | None) -> tuple[str, ...]:
    """Names along the output, channel after channel."""
    return STATISTICS * input_shape[1]


def state_bytes(input_shape: tuple[int, ...], settings: FeatureSettings) -> int:
    """A handful of locals: nothing that must be reserved."""
    return 0
