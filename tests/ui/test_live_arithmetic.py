"""What the live view computes: peaks over minutes, spectra, statistics."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.capture.ring import SampleRing, shared_memory
from workbench.ui.widgets.live_feed import LiveFeed
from workbench.ui.widgets.live_statistics import statistics
from workbench.ui.widgets.peak_history import BLOCK_ROWS, PeakHistory
from workbench.ui.widgets.spectral_arithmetic import loudest_of, spectrogram, spectrum

RATE_HZ = 1000.0


def sine(hertz: float, rows: int, amplitude: float = 1.0) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(rows) / RATE_HZ)).astype(np.float32)


@pytest.mark.parametrize("lump", [1, 63, 64, 65, 5000])
def test_no_peak_is_lost_whatever_the_lumps_it_came_in(lump: int) -> None:
    values = np.random.default_rng(1).normal(size=(20_000, 2)).astype(np.float32)
    values[12_345, 1] = 50
    times = np.arange(20_000) / RATE_HZ
    history = PeakHistory(2, 1000)
    for at in range(0, len(values), lump):
        history.add(values[at : at + lump], times[at : at + lump])
    when, points = history.since(0.0)
    np.testing.assert_array_equal(points.max(axis=0), values.max(axis=0))
    np.testing.assert_array_equal(points.min(axis=0), values.min(axis=0))
    assert (np.diff(when) >= 0).all()
    assert abs(when[points[:, 1].argmax()] - 12.345) <= BLOCK_ROWS / RATE_HZ
    assert when[-1] == times[-1]


def test_the_oldest_peaks_are_forgotten_and_a_view_gets_only_its_own() -> None:
    history = PeakHistory(1, 100)
    for start in range(0, 100_000, 1000):
        rows = np.arange(start, start + 1000)
        history.add(rows[:, None].astype(np.float32), rows / RATE_HZ)
    when, _ = history.since(0.0)
    assert when[0] >= (100_000 - 101 * BLOCK_ROWS) / RATE_HZ - 1
    when, points = history.since(99.0)
    assert 98.8 < when[0] <= 99.0
    assert points[-1, 0] == 99_999


def test_a_sine_stands_at_its_frequency_with_its_amplitude_and_gravity_does_not_show() -> None:
    samples = np.stack((9.81 + sine(125, 5000, 3.0), sine(250, 5000, 0.5)), axis=1)
    found = spectrum(samples, RATE_HZ)
    assert found is not None
    peaks = found.amplitudes.argmax(axis=0)
    np.testing.assert_allclose(found.frequencies[peaks], (125, 250))
    np.testing.assert_allclose(found.amplitudes.max(axis=0), (3.0, 0.5), rtol=0.01)
    assert found.amplitudes[0].max() < 0.01


def test_a_spectrogram_shows_when_the_tone_changed() -> None:
    samples = np.concatenate((sine(100, 4000), sine(400, 4000)))
    found = spectrogram(samples, np.arange(8000) / RATE_HZ, RATE_HZ)
    assert found is not None
    loudest = found.levels.argmax(axis=0) / (len(found.levels) - 1) * found.highest_hz
    assert abs(loudest[0] - 100) < 5
    assert abs(loudest[-1] - 400) < 5
    assert found.levels.shape[1] <= 250


@pytest.mark.parametrize("rows", [0, 1, 15])
def test_too_few_rows_have_no_spectrum(rows: int) -> None:
    assert spectrum(np.zeros((rows, 2), np.float32), RATE_HZ) is None
    assert spectrogram(np.zeros(rows, np.float32), np.arange(rows) / RATE_HZ, RATE_HZ) is None


def test_statistics_of_a_known_signal() -> None:
    np.testing.assert_allclose(
        statistics(np.array([[1.0, 2], [3, 2]], np.float32)),
        [[1, 3, 2, np.sqrt(5), 1], [2, 2, 2, 2, 0]],
    )


def test_a_held_feed_stays_while_the_ring_goes_on() -> None:
    ring = SampleRing(shared_memory(1 << 16))
    ring.lay_out(1)
    feed = LiveFeed()

    def come(start: int, stop: int) -> None:
        rows = np.arange(start, stop)
        ring.write(rows[:, None].astype(np.float32), rows / RATE_HZ)
        feed.collect(ring, RATE_HZ)

    come(0, 1000)
    feed.hold(ring)
    come(1000, 1500)
    assert feed.bounds == (0.0, 0.999)
    times, values = feed.rows(ring, 0.5, 0.6)
    assert (times[0], values[-1, 0]) == (0.499, 600)
    feed.hold(None)
    times, _ = feed.rows(ring, 1.2, 1.5)
    assert times[-1] == 1.499
    ring.lay_out(2)
    ring.write(np.zeros((5, 2), np.float32), np.full(5, 2.0))
    feed.collect(ring, RATE_HZ)
    assert feed.rows(ring, 0.0, 3.0)[1].shape == (5, 2)


def test_a_flood_is_drawn_from_its_peaks() -> None:
    ring = SampleRing(shared_memory(1 << 24))
    ring.lay_out(1)
    values = np.zeros((900_000, 1), np.float32)
    values[450_000] = 7
    ring.write(values, np.arange(len(values)) / RATE_HZ)
    feed = LiveFeed()
    feed.collect(ring, RATE_HZ)
    times, drawn = feed.rows(ring, 0.0, 900.0)
    assert len(drawn) < 30_000
    assert drawn.max() == 7
    assert abs(times[drawn[:, 0].argmax()] - 450) < 0.1


def test_the_loudest_bins_survive_where_there_is_no_room_for_all() -> None:
    whole = spectrum(np.stack([sine(100, 4096), sine(317, 4096, 2.0)], axis=1), RATE_HZ)
    assert whole is not None
    drawn = loudest_of(whole, 200)
    assert drawn.amplitudes.shape == (200, 2)
    np.testing.assert_array_equal(drawn.amplitudes.max(axis=0), whole.amplitudes.max(axis=0))
    assert drawn.frequencies[drawn.amplitudes.argmax(axis=0)] == pytest.approx([100, 317], abs=3)
    assert loudest_of(whole, 5000) is whole
