"""The simulated fan obeys the physics it names."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from workbench.capture.fan_simulation import ROTATION_HZ, SPEEDS, Mounting, random_mounting, simulate_fan

RATE_HZ = 200.0
LEVEL = Mounting(turn=np.eye(3), speed_factor=1.0, natural_hz=(2.7, 2.9), damping=0.13, residual_kg_m=0.0005, hum=1.0)


def spectrum(speed: str, unbalanced: bool, mounting: Mounting = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and amplitudes in g of a minute of readings, (bins,) and (bins, 3)."""
    readings = simulate_fan(speed, unbalanced, 60.0, RATE_HZ, np.random.default_rng(1), mounting=mounting)
    centred = readings - readings.mean(axis=0)
    return np.fft.rfftfreq(len(readings), 1 / RATE_HZ), np.abs(np.fft.rfft(centred, axis=0)) * 2 / len(readings)


def peak(speed: str, unbalanced: bool, near_hz: float, axis: int) -> float:
    frequencies, amplitudes = spectrum(speed, unbalanced)
    around = np.abs(frequencies - near_hz) < 0.1 * near_hz
    return float(np.sqrt((amplitudes[around, axis] ** 2).sum()))  # the wandering speed spreads the line


@pytest.mark.parametrize("speed", SPEEDS)
def test_shape_steps_and_gravity(speed: str) -> None:
    readings = simulate_fan(speed, False, 2.0, RATE_HZ, np.random.default_rng(1))
    assert readings.shape == (400, 3)
    assert readings.dtype == np.float32
    np.testing.assert_array_equal(readings * 4096, np.rint(readings * 4096))
    assert np.linalg.norm(readings.mean(axis=0)) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("speed", ["low", "medium", "high"])
def test_an_unbalanced_blade_shows_at_the_rotation_frequency(speed: str) -> None:
    unbalanced, balanced = (peak(speed, state, ROTATION_HZ[speed], axis=0) for state in (True, False))
    # The unbalance grows from 0.0005 to 0.0035 kg m, and the line with it; at low speed noise blurs the ratio.
    assert unbalanced / balanced == pytest.approx(7, rel=0.7 if speed == "low" else 0.2)


def test_the_unbalance_is_amplified_as_the_formula_says() -> None:
    r = ROTATION_HZ["high"] / 2.7
    metres = 0.0035 / 5.0 * r**2 / np.hypot(1 - r**2, 2 * 0.13 * r)
    expected = metres * ((2 * np.pi * ROTATION_HZ["high"]) ** 2 / 9.81 + 1 / 0.3)
    assert peak("high", True, ROTATION_HZ["high"], axis=0) == pytest.approx(expected, rel=0.1)


def test_blades_pass_and_the_motor_hums() -> None:
    frequencies, amplitudes = spectrum("high", False)
    blade = np.abs(frequencies - 5 * ROTATION_HZ["high"]) < 1
    assert amplitudes[blade, 2].max() > 5 * np.median(amplitudes[:, 2])
    # 120 Hz of 60 Hz mains, folded at a rate of 200 Hz.
    assert frequencies[10:][np.argmax(amplitudes[3000:, 2]) + 2990] == pytest.approx(80.0, abs=0.1)


def test_a_fan_that_is_off_is_only_noise() -> None:
    _, amplitudes = spectrum("off", True)
    assert amplitudes.max() < 2.5e-4


def test_every_mounting_is_a_rotation() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        turn = random_mounting(rng).turn
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(turn) == pytest.approx(1.0)


def test_turning_the_sensor_keeps_the_strength() -> None:
    turned = dataclasses.replace(LEVEL, turn=random_mounting(np.random.default_rng(3)).turn)
    straight, other = (
        simulate_fan("high", True, 5.0, RATE_HZ, np.random.default_rng(1), mounting=one) for one in (LEVEL, turned)
    )
    np.testing.assert_allclose(np.linalg.norm(straight, axis=1), np.linalg.norm(other, axis=1), atol=0.02)


def test_the_same_seed_gives_the_same_readings() -> None:
    first, second = (simulate_fan("low", True, 1.0, RATE_HZ, np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
