"""The board's own clock in recordings: the rate by it, gaps where it jumps, and what happens when it is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.capture.clock import BOARD, COMPUTER, MONITOR
from workbench.capture.recorder import Recorder, TakePlan
from workbench.capture.status import Take
from workbench.capture.stream_time import StreamTime
from workbench.capture.take_notes import note_of_part
from workbench.capture.wire.parser import Rows
from workbench.capture.wire.stamped import StampedLines
from workbench.project.model import Channel

X = (Channel("x"),)


def record(tmp_path: Path, device_s: np.ndarray | None, read_s: np.ndarray, lump: int = 20, lost_at: int = -1) -> Take:
    """A take of readings that arrive in lumps, as the engine makes it."""
    recorder, time = Recorder(TakePlan(tmp_path / "a.arrow", "wave")), StreamTime()
    for at in range(0, len(read_s), lump):
        stop = min(at + lump, len(read_s))
        values = np.arange(at, stop, dtype=np.float32)[:, np.newaxis]
        rows = Rows(X, values, None if device_s is None else device_s[at:stop])
        for stretch in time.stretches(rows, 3 if at == lost_at else 0, float(read_s[stop - 1])):
            if stretch.gap:
                time.start_over()
                recorder.end_part()
            time.add(stretch)
            recorder.write(stretch.rows, stretch.lost, stretch.read_s, time.rate)
        time.doubt_clock()
        recorder.keep_safe(float(read_s[stop - 1]))
    return recorder.close(0)


def test_the_rate_is_the_boards_whatever_the_reads_do(tmp_path: Path) -> None:
    device_s = np.arange(1000) / 104.0
    late = device_s + 5 + np.random.default_rng(2).exponential(0.03, 1000)
    (part,) = record(tmp_path, device_s, np.maximum.accumulate(late)).parts
    assert part.clock is BOARD
    assert part.rate_hz == pytest.approx(104, rel=1e-6)
    assert "the board's clock: 104" in note_of_part(part)


def test_without_a_clock_the_rate_is_by_this_computers(tmp_path: Path) -> None:
    (part,) = record(tmp_path, None, np.arange(1000) / 100).parts
    assert part.clock is COMPUTER
    assert part.rate_hz == pytest.approx(100, rel=1e-3)


def test_a_jump_of_the_boards_clock_within_a_read_is_a_gap_of_its_length(tmp_path: Path) -> None:
    device_s = np.arange(1000) / 100
    device_s[510:] += 0.35  # not at the edge of a lump, and too short for a silence
    first, second = record(tmp_path, device_s, device_s + 7).parts
    assert (first.rows, second.rows) == (510, 490)
    assert second.gap_before_s == pytest.approx(0.36)
    assert "gap of 360\u2009ms" in note_of_part(second)
    assert second.rate_hz == pytest.approx(100, rel=1e-6)


def test_a_clock_that_falls_back_is_a_board_that_has_started_anew(tmp_path: Path) -> None:
    device_s = np.concatenate((np.arange(500) / 100, np.arange(500) / 100))
    first, second = record(tmp_path, device_s, np.arange(1000) / 100).parts
    assert (first.rows, second.rows) == (500, 500)
    assert second.gap_before_s is not None
    assert 0 <= second.gap_before_s < 0.5


def test_a_counter_is_not_taken_for_a_clock(tmp_path: Path) -> None:
    device_s = np.arange(1000) * 1.0  # one a reading
    (part,) = record(tmp_path, device_s, np.arange(1000) / 100).parts
    assert part.clock is COMPUTER
    assert part.rate_hz == pytest.approx(100, rel=1e-3)


def test_a_slow_board_has_no_gaps(tmp_path: Path) -> None:
    device_s = np.arange(40) * 1.0
    (part,) = record(tmp_path, device_s, device_s + 3, lump=1).parts
    assert part.rate_hz == pytest.approx(1.0)


def test_readings_that_are_missing_are_marked_where_they_are(tmp_path: Path) -> None:
    (part,) = record(tmp_path, None, np.arange(1000) / 100, lost_at=400).parts
    assert [(one.row, one.readings) for one in part.missing] == [(400, 3)]
    assert "3 readings are missing: 3 before row 401" in note_of_part(part)


def test_stamps_go_past_midnight_and_stay_with_their_lines() -> None:
    lines = [b"23:59:59.900 -> 1,2", b"23:59:59.950 -> 2,2", b"rubbish", b"23:59:59.990 -> ", b"00:00:00.050 -> 3,2"]
    lines += [b"00:00:00.100 -> 4,,", b"00:00:00.150 -> 5,2", b""]
    for block in (1, 1000):
        parser = StampedLines(cut_start=False)
        data = b"\r\n".join(lines)
        rows = [one for at in range(0, len(data), block) for one in parser.feed(data[at : at + block])]
        assert all(one.clock is MONITOR for one in rows)
        times = np.concatenate([one.device_s for one in rows if one.device_s is not None])
        values = np.concatenate([one.values[:, 0] for one in rows])
        assert values.tolist() == [1, 2, 3, 5]
        np.testing.assert_allclose(times - 86_400, [-0.1, -0.05, 0.05, 0.15], atol=1e-6)


def test_a_rate_that_was_set_needs_no_readings_to_be_known() -> None:
    rate = StreamTime(50.0).rate
    assert rate is not None
    assert (rate.hz, rate.plus_minus_hz) == (50.0, 0.0)
