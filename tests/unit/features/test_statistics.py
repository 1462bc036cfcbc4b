"""The statistics block against its own definition, value by value as C computes it, and against double precision."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.features import statistics
from workbench.features.settings import FeatureSettings

F = np.float32
SETTINGS = FeatureSettings(block="statistics")


def as_c_does(x: np.ndarray) -> list[np.float32]:
    """The docstring's definition for one channel, one float32 operation at a time."""
    length, total = F(len(x)), F(0)
    for value in x:
        total = F(total + value)
    mean = F(total / length)
    spread = square = change = crossings = F(0)
    for t, value in enumerate(x):
        spread = F(spread + F(F(value - mean) * F(value - mean)))
        square = F(square + F(value * value))
        if t:
            change = F(change + abs(F(value - x[t - 1])))
            crossings = F(crossings + F((value >= mean) != (x[t - 1] >= mean)))
    steps = F(max(len(x) - 1, 1))
    roots = [F(np.sqrt(F(spread / length))), F(np.sqrt(F(square / length)))]
    return [mean, *roots, F(x.min()), F(x.max()), F(change / steps), F(crossings / steps)]


@pytest.mark.parametrize("rows", [1, 2, 17, 100])
def test_same_bits_as_the_definition(rows: int) -> None:
    windows = np.random.default_rng(rows).normal(3, 40, (3, rows, 2)).astype(np.float32)
    features = statistics.compute(windows, SETTINGS)
    assert features.dtype == np.float32
    for window, found in zip(windows, features, strict=True):
        expected = [value for channel in range(2) for value in as_c_does(window[:, channel])]
        np.testing.assert_array_equal(found, np.array(expected, dtype=np.float32))


def test_agrees_with_double_precision() -> None:
    windows = np.random.default_rng(0).normal(0, 5, (8, 200, 3)).astype(np.float32)
    features = statistics.compute(windows, SETTINGS).reshape(8, 3, len(statistics.STATISTICS))
    exact = windows.astype(np.float64)
    np.testing.assert_allclose(features[..., 0], exact.mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(features[..., 1], exact.std(axis=1), rtol=1e-5)
    np.testing.assert_allclose(features[..., 2], np.sqrt((exact**2).mean(axis=1)), rtol=1e-5)
    np.testing.assert_allclose(features[..., 5], np.abs(np.diff(exact, axis=1)).mean(axis=1), rtol=1e-5)


def test_shape_and_names_agree_with_the_output() -> None:
    shape = statistics.output_shape((50, 3), SETTINGS)
    assert shape == statistics.compute(np.zeros((1, 50, 3), np.float32), SETTINGS).shape[1:]
    assert len(statistics.names((50, 3), SETTINGS, 50.0)) == shape[0]
