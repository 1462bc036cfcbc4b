"""Variations stay what they claim to be: rotations, gains, tempos, shifts."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.training.augment import (
    at_another_tempo,
    augment,
    random_rotations,
    shifted,
    tilted,
    triads,
)


def windows(count: int = 40, channels: int = 6) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 3, (count, 50, channels)).astype(np.float32)


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (("ax", "ay", "az", "wx", "wy", "wz"), [(0, 1, 2), (3, 4, 5)]),
        (("acc_Z", "acc_X", "acc_Y", "t"), [(1, 2, 0)]),
        (("flux x", "flux y", "flux z"), [(0, 1, 2)]),
        (("x", "y"), []),
        (("axis",), []),
    ],
)
def test_triads_are_found_by_name(channels: tuple[str, ...], expected: list[tuple[int, int, int]]) -> None:
    assert triads(channels) == expected


def test_rotations_are_rotations_of_the_size_asked_for() -> None:
    found = random_rotations(4000, 0.3, np.random.default_rng(2)).astype(np.float64)
    np.testing.assert_allclose(found @ found.transpose(0, 2, 1), np.broadcast_to(np.eye(3), found.shape), atol=1e-6)
    np.testing.assert_allclose(np.linalg.det(found), 1, atol=1e-6)
    angles = np.arccos(np.clip((np.trace(found, axis1=1, axis2=2) - 1) / 2, -1, 1))
    assert np.sqrt((angles**2).mean()) == pytest.approx(0.3, rel=0.05)


def test_tilting_keeps_lengths_and_turns_all_sensors_alike() -> None:
    x = windows()
    x[:, :, 3:] = x[:, :, :3]
    turned = tilted(x, ("ax", "ay", "az", "wx", "wy", "wz"), 1.0, np.random.default_rng(3))
    np.testing.assert_allclose(np.linalg.norm(turned[:, :, :3], axis=2), np.linalg.norm(x[:, :, :3], axis=2), rtol=1e-4)
    np.testing.assert_array_equal(turned[:, :, :3], turned[:, :, 3:])
    assert np.abs(turned - x).max() > 0.1


def test_channels_that_are_no_triad_are_not_tilted() -> None:
    x = windows(channels=2)
    np.testing.assert_array_equal(tilted(x, ("p", "q"), 1.0, np.random.default_rng(3)), x)


def test_tempo_stretches_about_the_middle() -> None:
    ramp = np.broadcast_to(np.arange(51, dtype=np.float32)[:, None], (30, 51, 1))
    found = at_another_tempo(ramp, 1.0, np.random.default_rng(4))[:, :, 0]
    np.testing.assert_allclose(found[:, 25], 25, atol=1e-4)
    assert found.min() >= 0 and found.max() <= 50
    middle = found[:, 30] - found[:, 20]  # ten rows at the speed of each window
    assert middle.min() < 9 and middle.max() > 11
    np.testing.assert_allclose(np.diff(found[:, 20:31], axis=1), (middle / 10)[:, None].repeat(10, axis=1), atol=1e-3)


def test_pictures_move_by_whole_pixels() -> None:
    pictures = np.random.default_rng(5).random((30, 20, 28, 1), dtype=np.float32)
    found = shifted(pictures, 1.0, np.random.default_rng(6))
    places = {
        (down, right)
        for picture, moved in zip(pictures, found, strict=True)
        for down in range(-3, 4)
        for right in range(-4, 5)
        if np.array_equal(moved[5:15, 6:20], picture[5 + down : 15 + down, 6 + right : 20 + right])
    }
    assert len(places) > 10
    assert {down for down, _ in places} >= {-2, 2}


@pytest.mark.parametrize("shape", [(20, 50, 6), (20, 1, 2), (20, 8, 8, 3), (0, 50, 6)])
def test_shape_and_type_stay_and_the_original_is_not_touched(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(7).random(shape, dtype=np.float32)
    before = x.copy()
    names = ("ax", "ay", "az", "p", "q", "r")[: shape[-1]]
    found = augment(x, names, 0.5, np.random.default_rng(8))
    assert (found.shape, found.dtype) == (x.shape, np.float32)
    np.testing.assert_array_equal(x, before)
    again = augment(x, names, 0.5, np.random.default_rng(8))
    np.testing.assert_array_equal(found, again)


def test_about_half_of_the_windows_stay_as_recorded() -> None:
    x = windows(400)
    found = augment(x, ("ax", "ay", "az", "p", "q", "r"), 0.5, np.random.default_rng(10))
    same = np.array([np.array_equal(a, b) for a, b in zip(x, found, strict=True)])
    assert 0.4 < same.mean() < 0.6


def test_silence_stays_silent() -> None:
    """A class that is told by its quietness must not be buried in noise."""
    x = np.full((50, 20, 3), 1.0, dtype=np.float32)
    found = augment(x, ("ax", "ay", "az"), 1.0, np.random.default_rng(11))
    assert found.std(axis=1).max() < 1e-5


def test_strength_nought_changes_nothing() -> None:
    x = windows()
    np.testing.assert_allclose(
        augment(x, ("ax", "ay", "az", "p", "q", "r"), 0.0, np.random.default_rng(9)), x, atol=1e-5
    )
