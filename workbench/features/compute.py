"""Windows to normalised features, and fitting the normalisation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.errors import NotEnoughData
from workbench.features.blocks import find_block
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings


def compute(windows: NDArray[np.float32], settings: FeatureSettings) -> NDArray[np.float32]:
    """Windows (N, T, C) or (N, H, W, C) to features (N, *output_shape), float32, not normalised."""
    return find_block(settings, windows.shape[1:]).compute(np.asarray(windows, dtype=np.float32), settings)


def fit(
    windows: NDArray[np.float32],
    settings: FeatureSettings,
    *,
    rate_hz: float | None,
    channels: tuple[str, ...],
    stride_rows: int,
) -> FeatureParameters:
    """The feature parameters for these training windows (N, T, C) or (N, H, W, C).

    Mean and standard deviation are taken over the given windows alone, so that nothing of the other splits
    gets in. A feature that never varies is only centred.
    """
    if not len(windows):
        raise NotEnoughData("There are no training windows to fit the features to.")
    block = find_block(settings, windows.shape[1:])
    features = compute(windows, settings)
    shape = features.shape[1:]
    own = shape[block.pairs_from_axis :]
    table = features.reshape(-1, int(np.prod(own))).astype(np.float64)
    mean = table.mean(axis=0)
    std = table.std(axis=0)
    # Below this the spread is rounding noise of float32, not signal.
    std = np.where(std > 1e-6 * np.maximum(1.0, np.abs(mean)), std, 1.0)
    return FeatureParameters(
        settings=settings,
        rate_hz=rate_hz,
        channels=channels,
        input_shape=tuple(int(n) for n in windows.shape[1:]),
        stride_rows=stride_rows,
        output_shape=tuple(int(n) for n in shape),
        mean=tuple(float(x) for x in mean.astype(np.float32)),
        std=tuple(float(x) for x in std.astype(np.float32)),
    )


def apply(parameters: FeatureParameters, windows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Windows (N, *input_shape) to normalised features (N, *output_shape), float32."""
    features = compute(windows, parameters.settings)
    pairs = len(parameters.mean)
    mean = np.asarray(parameters.mean, dtype=np.float32)
    std = np.asarray(parameters.std, dtype=np.float32)
    table = features.reshape(len(features), -1, pairs) if len(features) else features.reshape(0, 1, pairs)
    return ((table - mean) / std).reshape(len(features), *parameters.output_shape)
