"""Shared weights: as few values as asked, zeros untouched, as near as k-means gets."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.compression.palette import shared_values


@pytest.mark.parametrize("clusters", [2, 5, 16])
def test_there_are_as_few_values_as_asked(clusters: int) -> None:
    weights = np.random.default_rng(1).normal(0, 1, (16, 1, 5, 6)).astype(np.float32)
    weights[np.abs(weights) < 0.3] = 0
    shared = shared_values(weights, clusters)
    assert shared.shape == weights.shape
    assert len(np.unique(shared)) == clusters
    np.testing.assert_array_equal(shared == 0, weights == 0)


def test_weights_that_share_few_values_already_keep_them() -> None:
    weights = np.array([-1, -1, 0.5, 2, 2, 2], np.float32)
    np.testing.assert_array_equal(shared_values(weights, 3), weights)


def test_more_clusters_are_nearer() -> None:
    weights = np.random.default_rng(2).normal(0, 1, 2000).astype(np.float32)
    errors = [float(np.mean((shared_values(weights, count) - weights) ** 2)) for count in (2, 4, 8, 16, 32)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.01


def test_nothing_but_zeros_stays_so() -> None:
    np.testing.assert_array_equal(shared_values(np.zeros((3, 4), np.float32), 4), np.zeros((3, 4), np.float32))
