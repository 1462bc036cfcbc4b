"""Weights that share a few values: one-dimensional k-means.

S. Han, H. Mao and W. J. Dally, Deep Compression, 2016: values evenly spaced at first, because large weights are few and
matter most.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_ROUNDS = 20  # moves after that no longer show in eight bits


def shared_values(weights: Floats, clusters: int) -> Floats:
    """``weights`` with at most ``clusters`` different values, in the same shape; weights of 0 stay 0.

    Zeros count as one of the values. The others are the means of the weights that are nearest to them (Lloyd's
    iteration).
    """
    flat = weights.reshape(-1).astype(np.float64)
    chosen = np.flatnonzero(flat)
    free = clusters - (len(chosen) < flat.size)
    if not len(chosen) or free < 1:
        return weights if not len(chosen) else np.full_like(weights, np.float32(flat[chosen].mean()))
    order = chosen[np.argsort(flat[chosen], kind="stable")]
    values = flat[order]
    sums = np.concatenate([[0.0], np.cumsum(values)])
    centres = np.linspace(values[0], values[-1], free)
    ends = _ends(values, centres)
    for _ in range(_ROUNDS):
        starts, counts = np.concatenate([[0], ends[:-1]]), np.diff(ends, prepend=0)
        means = (sums[ends] - sums[starts]) / np.maximum(counts, 1)
        centres = np.where(counts > 0, means, centres)
        moved = _ends(values, centres)
        if (moved == ends).all():
            break
        ends = moved
    shared = np.zeros(flat.size, np.float32)
    shared[order] = np.repeat(centres, np.diff(ends, prepend=0)).astype(np.float32)
    return shared.reshape(weights.shape)


def _ends(values: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    """For sorted values, where each centre's share ends: halfway to the next."""
    halfway = (centres[1:] + centres[:-1]) / 2
    return np.append(np.searchsorted(values, halfway, side="right"), len(values))
