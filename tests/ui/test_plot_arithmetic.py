"""Axis bounds and envelopes: what a plot may leave out, and what it must not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.ui.widgets.plot_arithmetic import (
    duration,
    envelope,
    lane_ranges,
    number,
    peaks,
    rate_in_words,
    round_range,
    round_ticks,
    torn,
)

finite = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


@given(finite, finite)
def test_a_round_range_holds_what_it_was_made_for(one: float, other: float) -> None:
    low, high = round_range(min(one, other), max(one, other))
    tolerance = 1e-6 * max(1.0, abs(one), abs(other))
    assert low <= min(one, other) + tolerance
    assert high >= max(one, other) - tolerance
    assert high > low


def test_a_round_range_stands_on_round_numbers() -> None:
    assert round_range(-0.93, 1.87) == (-1.0, 2.0)
    assert round_range(3.0, 3.0) == pytest.approx((2.6, 3.4)), "a constant gets room above and below"
    assert round_range(math.nan, 1.0) == (-1.0, 1.0)


def test_ticks_lie_inside() -> None:
    assert round_ticks(0.0, 40.0) == [0, 10, 20, 30, 40]
    assert all(-0.7 <= tick <= 2.3 for tick in round_ticks(-0.7, 2.3))
    assert round_ticks(1.0, 1.0) == []


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (0.25, "0.25"), (1234.0, "1,234"), (2e-7, "2e-07")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_a_single_spike_survives_however_narrow_the_plot() -> None:
    values = np.zeros((100_000, 2), np.float32)
    values[54_321, 1] = 7.0
    low, high = envelope(values, 100)
    assert high.shape == (100, 2)
    assert high[:, 1].max() == 7.0
    assert low.min() == 0.0
    times, drawn = peaks(np.arange(100_000) / 100.0, values[:, 1], 100)
    assert drawn.max() == 7.0
    assert len(times) == len(drawn) == 200
    assert abs(times[drawn.argmax()] - 543.21) < 10.0


def test_what_is_not_a_number_does_not_blank_the_plot() -> None:
    values = np.array([[1.0], [np.nan], [3.0]], np.float32)
    low, high = envelope(values, 10)
    assert np.isfinite(low).all()
    assert high.max() == 3.0


def test_channels_in_one_unit_share_a_scale_unless_that_flattens_one() -> None:
    low, high = np.array([-1.0, -2.0, 9.7], np.float32), np.array([1.0, 2.0, 9.8], np.float32)
    apart = lane_ranges(low, high, ("g", "g", "g"))
    assert apart[2] != apart[0]
    shared = lane_ranges(low[:2], high[:2], ("g", "g"))
    assert shared[0] == shared[1] == (-2.0, 2.0)
    alone = lane_ranges(low[:2], high[:2], ("", ""))
    assert alone[0] != alone[1]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0\u2009s"), (49.12, "49.12\u2009s"), (4884.0, "81.4\u2009min"), (604_800.0, "7\u2009d")],
)
def test_times_read_in_the_unit_that_suits_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_slow_sensors_have_an_interval_rather_than_a_rate() -> None:
    assert rate_in_words(50.0) == "50\u2009Hz"
    assert rate_in_words(1 / 3600) == "one in 60\u2009min"


def test_a_line_breaks_where_readings_are_missing() -> None:
    times, values = np.array([0.0, 1.0, 5.0, 6.0]), np.array([1, 2, 3, 4], np.float32)
    when, drawn = torn(times, values, [5.0, -1.0, 9.0])  # the others are not in view
    assert when.tolist() == [0, 1, 5, 5, 6]
    np.testing.assert_array_equal(drawn, np.array([1, 2, np.nan, 3, 4], np.float32))
    assert torn(times, values, [])[1].tolist() == values.tolist()
