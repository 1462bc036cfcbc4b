"""The rate from the times of reads, and even times for readings that arrive in lumps."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.capture.rate import RateFit
from workbench.capture.timeline import Timeline


def fit_of(counts: np.ndarray, times: np.ndarray) -> RateFit:
    fit = RateFit()
    for count, time in zip(counts, times, strict=True):
        fit.add(int(count), float(time))
    return fit


def test_an_even_beat_is_found_exactly() -> None:
    counts = np.arange(1, 501)
    rate = fit_of(counts, 10 + counts / 50).rate()
    assert rate is not None
    assert rate.hz == pytest.approx(50, rel=1e-9)
    assert rate.plus_minus_hz < 0.01
    assert rate.time_of(100) == pytest.approx(12.0)


@pytest.mark.parametrize(
    ("lateness_s", "runs"), [(0.002, 0.0), (0.2, 0.0), (0.005, 0.9)], ids=["little", "much", "in runs"]
)
def test_the_interval_holds_the_true_rate_about_as_often_as_it_says(lateness_s: float, runs: float) -> None:
    """``runs`` is how much of one reading's lateness the next one inherits."""
    held = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        counts = np.arange(1, 151)
        late = np.abs(rng.normal(0, lateness_s, len(counts)))
        for place in range(1, len(counts)):
            late[place] += runs * late[place - 1]
        rate = fit_of(counts, counts / 75 + late).rate()
        assert rate is not None
        held += abs(rate.hz - 75) <= rate.plus_minus_hz
    assert held >= 132  # of 150: the 95 % of them, less four standard deviations


@pytest.mark.parametrize("lump_s", [0.016, 0.1, 1.0])
def test_lumps_widen_the_interval_instead_of_bending_the_rate(lump_s: float) -> None:
    """A driver that hands everything over every ``lump_s`` seconds, split into several reads."""
    sent = np.arange(1, 2001) / 100
    read = np.ceil(sent / lump_s) * lump_s + np.tile([0, 1e-4, 2e-4, 3e-4], 500)
    rate = fit_of(np.arange(1, 2001), read).rate()
    assert rate is not None
    assert abs(rate.hz - 100) <= rate.plus_minus_hz
    assert rate.plus_minus_hz < 2.0


def test_too_little_is_no_rate() -> None:
    assert fit_of(np.arange(1, 6), np.arange(1, 6) * 1.0).rate() is None
    assert fit_of(np.arange(1, 100), np.arange(1, 100) * 0.001).rate() is None


def test_hours_fit_into_bounded_memory_and_keep_the_whole_span() -> None:
    counts = np.arange(1, 100_001)
    rate = fit_of(counts, counts / 20).rate()
    assert rate is not None
    assert rate.hz == pytest.approx(20, rel=1e-9)
    assert rate.plus_minus_hz / rate.hz < 1e-6  # 5,000 s at 1 ms


def test_times_of_lumps_are_even_and_never_fall() -> None:
    timeline = Timeline()
    times = np.concatenate([timeline.add(10, 0.1 * lump) for lump in range(1, 101)])
    steps = np.diff(times)
    assert steps.min() >= 0
    np.testing.assert_allclose(steps[200:], 0.01, rtol=0.05)
    assert times[-1] == pytest.approx(10.0, abs=0.02)


def test_damaged_readings_took_their_time_too() -> None:
    timeline = Timeline()
    for read in range(1, 501):
        timeline.add(1, read / 50, lost=1)
    assert timeline.rate is not None
    assert timeline.rate.hz == pytest.approx(100, rel=1e-3)


def test_silence_without_a_backlog_is_a_gap() -> None:
    timeline = Timeline()
    for read in range(1, 301):
        timeline.add(1, read / 100)
    assert not timeline.gap_before(1, 3.01)
    assert timeline.gap_before(1, 5.0)
    assert not timeline.gap_before(200, 5.0)  # the driver had held them back


def test_a_board_that_sends_in_bursts_has_no_gaps() -> None:
    timeline = Timeline()
    gaps = 0
    for burst in range(1, 20):
        for part in range(4):
            now = 1.0 * burst + 0.01 * part
            gaps += timeline.gap_before(25, now)
            timeline.add(25, now)
    assert gaps == 0
    assert timeline.rate is not None
    assert abs(timeline.rate.hz - 100) < 5


def test_a_new_rate_is_learnt() -> None:
    timeline = Timeline()
    now = 0.0
    for _ in range(300):
        now += 0.01
        timeline.add(1, now)
    for _ in range(20_000):
        now += 0.001
        times = timeline.add(1, now)
    assert timeline.rate is not None
    assert timeline.rate.hz == pytest.approx(1000, rel=0.02)
    assert times[-1] == pytest.approx(now, abs=0.1)
