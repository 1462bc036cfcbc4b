"""Where windows start and what they are called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.dataset.settings import WindowSettings
from workbench.dataset.windows import WindowRows, window_labels, window_rows, window_starts
from workbench.errors import NotEnoughData
from workbench.project import Segment


@given(
    gaps=st.lists(st.booleans(), max_size=60),
    length=st.integers(1, 12),
    stride=st.integers(1, 12),
)
def test_no_window_holds_a_gap_or_runs_over_the_end(gaps: list[bool], length: int, stride: int) -> None:
    samples = np.zeros((len(gaps), 2), dtype=np.float32)
    samples[gaps, 1] = np.nan
    starts = window_starts(samples, length, stride)
    for start in starts:
        assert start + length <= len(samples)
        assert np.isfinite(samples[start : start + length]).all()
    # Each stretch without a gap that is long enough gives as many windows as fit.
    stretches = "".join("g" if gap else "." for gap in gaps).split("g")
    assert len(starts) == sum(max(0, (len(s) - length) // stride + 1) for s in stretches if len(s) >= length)


def test_windows_start_anew_behind_a_gap() -> None:
    samples = np.zeros((20, 1), dtype=np.float32)
    samples[7] = np.inf
    assert window_starts(samples, 4, 4).tolist() == [0, 8, 12, 16]


def labels(segments: list[tuple[int, int, str]], starts: list[int], length: int = 10, fallback: str = "") -> list[str]:
    made = [Segment(i, 1, start, stop, label) for i, (start, stop, label) in enumerate(segments)]
    return window_labels(np.array(starts, dtype=np.int64), length, made, fallback)


def test_a_window_takes_the_segment_that_covers_half_of_it() -> None:
    assert labels([(5, 20, "a")], [0, 1, 10, 15, 16]) == ["a", "a", "a", "a", ""]


def test_elsewhere_the_recordings_own_label_counts() -> None:
    assert labels([(5, 20, "a")], [0, 30], fallback="idle") == ["a", "idle"]
    assert labels([], [0, 30], fallback="idle") == ["idle", "idle"]


def test_of_two_segments_the_one_that_covers_more_then_the_earlier() -> None:
    assert labels([(0, 4, "a"), (4, 10, "b")], [0]) == ["b"]
    assert labels([(5, 10, "b"), (0, 5, "a")], [0]) == ["a"]


def test_two_small_segments_do_not_add_up() -> None:
    assert labels([(0, 4, "a"), (6, 10, "a")], [0]) == [""]


@pytest.mark.parametrize(
    ("settings", "rate", "rows", "expected"),
    [
        (WindowSettings(2.0, 0.5), 50.0, [1000], WindowRows(100, 25)),
        (WindowSettings(2.0), 50.0, [1000], WindowRows(100, 50)),
        (WindowSettings(), 50.0, [2000, 2000], WindowRows(100, 50)),
        (WindowSettings(), 1000.0, [90_000], WindowRows(256, 128)),  # no larger than a board can take
        (WindowSettings(), 1 / 3600, [168], WindowRows(16, 8)),  # slow sensors: at least some rows
        (WindowSettings(), 50.0, [100, 100, 5000], WindowRows(50, 25)),  # the median recording holds two
        (WindowSettings(1.0, 0.0001), 50.0, [100], WindowRows(50, 1)),
    ],
)
def test_lengths_in_rows(settings: WindowSettings, rate: float, rows: list[int], expected: WindowRows) -> None:
    assert window_rows(settings, rate, rows) == expected


@pytest.mark.parametrize("length_s", [0.01, 1e6])
def test_a_length_that_cannot_be_names_one_that_can(length_s: float) -> None:
    with pytest.raises(NotEnoughData, match=r"Choose a length between 0\.04 s and"):
        window_rows(WindowSettings(length_s), 50.0, [1000])
