"""Normalisation and the parameters that go to the board."""

from __future__ import annotations

import json

import numpy as np
import pytest

from workbench.errors import BadProject, NotEnoughData, NotSupported
from workbench.features import compute, parameters
from workbench.features.blocks import BLOCKS
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings


def fitted(windows: np.ndarray, block: str = "raw") -> FeatureParameters:
    return compute.fit(windows, FeatureSettings(block=block), rate_hz=50.0, channels=("x", "y"), stride_rows=5)


def random_windows(count: int = 20) -> np.ndarray:
    return np.random.default_rng(3).normal((2, -7), (1, 30), (count, 40, 2)).astype(np.float32)


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_training_windows_come_out_centred_and_scaled(block: str) -> None:
    windows = random_windows()
    found = fitted(windows, block)
    features = compute.apply(found, windows)
    assert features.shape == (20, *found.output_shape)
    assert features.dtype == np.float32
    table = features.reshape(-1, len(found.mean))
    np.testing.assert_allclose(table.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(table.std(axis=0), 1, atol=1e-3)


def test_raw_samples_are_normalised_per_channel_and_others_per_feature() -> None:
    windows = random_windows()
    assert len(fitted(windows).mean) == 2
    assert len(fitted(windows, "statistics").mean) == 14
    assert len(fitted(windows, "spectrum").mean) == 32


def test_a_feature_that_never_varies_is_only_centred() -> None:
    windows = np.full((5, 10, 2), 1e6, dtype=np.float32)
    features = compute.apply(fitted(windows), windows)
    np.testing.assert_array_equal(features, 0)


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_parameters_survive_json_bit_for_bit(block: str) -> None:
    windows = random_windows()
    before = fitted(windows, block)
    after = parameters.from_json(json.loads(json.dumps(parameters.to_json(before))))
    assert after == before
    np.testing.assert_array_equal(compute.apply(after, windows), compute.apply(before, windows))


def test_pictures_take_raw_features_only() -> None:
    pictures = np.zeros((4, 8, 6, 3), dtype=np.float32)
    with pytest.raises(NotSupported, match="not for pictures"):
        compute.compute(pictures, FeatureSettings(block="spectrum"))
    found = compute.fit(pictures, FeatureSettings(), rate_hz=None, channels=("red", "green", "blue"), stride_rows=0)
    assert found.picture
    assert found.output_shape == (8, 6, 3)


def test_nothing_to_fit() -> None:
    with pytest.raises(NotEnoughData):
        fitted(random_windows(0))


@pytest.mark.parametrize("damage", [{"mean": None}, {"input_shape": ["a"]}, {"rate_hz": "x"}])
def test_damaged_parameters_are_one_message(damage: dict[str, object]) -> None:
    data = parameters.to_json(fitted(random_windows())) | damage
    with pytest.raises(BadProject, match="Train again"):
        parameters.from_json(data)


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_every_block_says_its_shape_and_names_beforehand(block: str) -> None:
    settings = FeatureSettings(block=block)
    features = compute.compute(random_windows(), settings)
    assert features.shape[1:] == BLOCKS[block].output_shape((40, 2), settings)
    assert len(BLOCKS[block].names((40, 2), settings, 50.0)) == features.shape[1]
    assert BLOCKS[block].state_bytes((40, 2), settings) >= 0
