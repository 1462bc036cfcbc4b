"""The engine against a scripted port and clock: reconnects, gaps, changes of layout, takes, messages."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workbench.capture import recorder, simulated_formats
from workbench.capture.clock import GIVEN
from workbench.capture.devices import Device
from workbench.capture.engine import CaptureEngine
from workbench.capture.link import Link, LinkSettings
from workbench.capture.recorder import TakePlan, take_on_disk
from workbench.capture.ring import SampleRing, shared_memory
from workbench.capture.source import Source, SourceLost
from workbench.capture.status import CaptureState
from workbench.capture.take_notes import note_of_part
from workbench.capture.wire.binary import BinaryFrame
from workbench.errors import BadSetting, NotPossible, PortError
from workbench.project.model import Channel
from workbench.project.samples import describe, read_samples

RATE_HZ = 100


class Bench(Device, Source):
    """An engine with a port and a clock in the test's hands; each step takes 10 ms."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(Link("board"))
        self.time_s = 100.0
        self.next: bytes | Exception = b""
        self.refuse: PortError | None = None
        self.closed = 0
        self.sent = 0
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        self.ring = SampleRing(shared_memory(1 << 16))
        self.engine = CaptureEngine(Link("board"), ring=self.ring, device=self)

    def now(self) -> float:
        return self.time_s

    def open(self, name: str) -> Bench:
        if self.refuse:
            raise self.refuse
        return self

    def read(self) -> bytes:
        data, self.next = self.next, b""
        if isinstance(data, Exception):
            raise data
        return data

    def write(self, data: bytes) -> None:
        raise AssertionError("nothing is sent")

    def close(self) -> None:
        self.closed += 1

    def step(self, data: bytes | Exception = b"", times: int = 1) -> None:
        for _ in range(times):
            self.next = data
            self.time_s += 1 / RATE_HZ
            self.engine.step()

    def send_rows(self, count: int, line: Callable[[int], bytes] = lambda n: b"%d,%d\n" % (n, -n)) -> None:
        for _ in range(count):
            self.step(line(self.sent))
            self.sent += 1

    @property
    def state(self) -> CaptureState:
        return self.engine.status().state

    @property
    def message(self) -> str:
        return self.engine.status().message


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_readings_reach_the_ring_with_even_times_and_a_rate(bench: Bench) -> None:
    bench.step()
    bench.step(b"header,that is text\n0.5,")
    bench.send_rows(500)
    status = bench.engine.status()
    assert status.state is CaptureState.RECEIVING
    assert status.message == ""
    assert status.rate_hz == pytest.approx(RATE_HZ, rel=1e-3)
    values, times = bench.ring.latest(100)
    np.testing.assert_array_equal(values[:, 0], np.arange(400, 500))
    np.testing.assert_allclose(np.diff(times), 0.01, rtol=0.01)


def test_a_port_that_does_not_open_is_tried_again_and_says_why(bench: Bench) -> None:
    bench.refuse = PortError("Another program holds this port.", where="board", to_do="Close it.")
    bench.step(times=3)
    assert (bench.state, bench.message) == (CaptureState.CONNECTING, str(bench.refuse))
    bench.refuse = None
    bench.step(times=60)
    assert (bench.state, bench.message) == (CaptureState.WAITING, "")


def test_a_pulled_cable_is_waited_for_and_the_layout_learnt_anew(bench: Bench) -> None:
    bench.step()
    bench.send_rows(300)
    bench.step(SourceLost("gone"))
    assert bench.state is CaptureState.LOST
    assert "plugged in again" in bench.message
    assert bench.closed == 1
    bench.step(times=60)
    bench.send_rows(50, lambda n: b"%d,1,2\n" % n)
    status = bench.engine.status()
    assert (status.state, len(status.channels), status.gaps) == (CaptureState.RECEIVING, 3, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Is the sketch running"),
        (b"\x00\xf3\x92" * 10, "baud rate"),
        (b"waiting for sensor\n", "waiting for sensor"),
        (b"1,2,", "println"),
    ],
)
def test_a_port_without_readings_says_what_may_be_wrong(bench: Bench, data: bytes, words: str) -> None:
    bench.step()
    bench.step(data)
    assert bench.message == ""
    bench.step(times=400)
    assert bench.state is CaptureState.WAITING
    assert words in bench.message


def test_a_format_that_was_set_wrongly_is_suspected_first(bench: Bench) -> None:
    bench.step()
    bench.engine.read_as(Link("board", LinkSettings(format="native")))
    bench.send_rows(400)
    assert bench.message.endswith("none fits the format that is set (native frames): have it found by itself?")
    bench.engine.read_as(Link("board", LinkSettings()))
    bench.send_rows(200)
    bench.engine.read_as(Link("board", LinkSettings(format="labelled")))
    bench.send_rows(800)
    assert bench.message.endswith("left out: is the format that is set (label:value lines) right?")


def test_a_board_that_falls_silent_is_noticed(bench: Bench) -> None:
    bench.step()
    bench.send_rows(300)
    bench.step(times=400)
    assert bench.state is CaptureState.WAITING
    assert "silent" in bench.message


def test_readings_with_nan_are_reported(bench: Bench) -> None:
    bench.step()
    bench.send_rows(600, lambda n: b"1,nan\n" if n % 50 == 0 and n else b"1,2\n")
    assert "nan or inf" in bench.message


def frames(count: int) -> list[bytes]:
    """Frames of three int16 values with an exclusive or at their end."""
    wire = simulated_formats.Binary([Channel(name) for name in "xyz"], RATE_HZ, "xor8")
    return [wire.reading([np.sin(n / 15), np.cos(n / 15), n / 100], n) for n in range(count)]


def test_other_firmware_is_noticed_told_and_recorded_as_a_part_of_its_own(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(300)
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", "wave"))
    bench.send_rows(200)
    for frame in [b"boot: reset\r\n", *frames(300)]:
        bench.step(frame)
    status = bench.engine.status()
    assert status.other_formats == 1
    assert status.message.startswith("The board sends binary frames, AA 55")
    assert status.message.endswith("it was lines, comma.")
    assert (len(status.channels), status.gaps) == (3, 1)
    assert status.frame is not None
    assert status.frame.channels == 3
    take = bench.engine.end_take()
    assert [(len(part.channels), part.rows) for part in take.parts] == [(2, 200), (3, 300)]


def test_what_comes_can_be_read_in_another_way_while_the_port_is_open(bench: Bench) -> None:
    bench.step()
    bench.send_rows(300)
    named = LinkSettings(channel_names=("up (g)", "down"), rate_hz=99.5)
    bench.engine.read_as(Link("board", named))
    bench.send_rows(300)
    status = bench.engine.status()
    assert [(channel.name, channel.unit) for channel in status.channels] == [("up", "g"), ("down", "")]
    assert (status.rate_hz, status.rate_plus_minus_hz) == (99.5, 0.0)
    assert (status.frames, status.format) == (599, "lines, comma")

    bench.engine.read_as(Link("board", LinkSettings(separator="semicolon")))
    bench.send_rows(20, lambda n: b"%d;5\n" % n)
    status = bench.engine.status()
    assert (status.format, status.frames, status.gaps) == ("lines, semicolon", 618, 0)

    layout = BinaryFrame(sequence="1 byte", size="1 byte", kind="float32", channels=3, checksum="xor8")
    bench.engine.read_as(Link("board", LinkSettings(format="binary"), layout))
    for frame in frames(10):
        bench.step(frame)
    status = bench.engine.status()
    assert (status.frames, status.frame, len(status.channels)) == (628, layout, 3)


def test_a_reading_that_cannot_be_is_refused_and_changes_nothing(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(300)
    with pytest.raises(BadSetting, match="sync"):
        bench.engine.read_as(Link("board", LinkSettings(format="binary"), BinaryFrame(sync="no")))
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", "wave"))
    with pytest.raises(NotPossible, match="take is running"):
        bench.engine.read_as(Link("board", LinkSettings(format="native")))
    bench.send_rows(100)
    assert bench.engine.end_take().rows == 100


def test_a_rate_that_was_set_is_the_one_recorded(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.engine.read_as(Link("board", LinkSettings(rate_hz=104.0)))
    bench.send_rows(300)
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", "wave"))
    bench.send_rows(200)
    part = bench.engine.end_take().parts[0]
    assert (part.rate_hz, part.clock) == (104.0, GIVEN)
    assert note_of_part(part) == "Rate by what was set: 104\u2009Hz."
    assert describe(part.path).rate_hz == 104.0


def test_where_readings_are_missing_is_told_of_the_newest_places(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(300)
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", "wave"))
    bench.send_rows(100)
    bench.step(b"1,x,\n")
    bench.send_rows(100)
    bench.step(times=300)  # silence
    bench.send_rows(100)
    damaged, silent = bench.engine.status().seen_gaps
    assert (damaged.readings, damaged.seconds) == (1, pytest.approx(0.01, rel=0.01))
    assert damaged.at_s == pytest.approx(4.02, abs=0.05)
    assert silent.seconds == pytest.approx(3.0, abs=0.1)
    take = bench.engine.end_take()
    assert [[(one.row, one.readings) for one in part.missing] for part in take.parts] == [[(100, 1)], []]


def test_a_change_of_channels_is_reported(bench: Bench) -> None:
    bench.step()
    bench.send_rows(20)
    bench.send_rows(20, lambda n: b"1,2,3\n")
    assert "now sends 3 values a reading; it was 2" in bench.message
    assert bench.ring.latest(5)[0].shape == (5, 3)


# -------------------------------------------------------------------- takes


def test_a_take_is_written_with_its_rate_and_label(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(300)
    plan = TakePlan(tmp_path / "a.arrow", "wave", {"subject": "kim"}, "wave 1", "board")
    bench.engine.begin_take(plan)
    bench.send_rows(200)
    assert bench.engine.status().recording_rows == 200
    take = bench.engine.end_take()
    assert (take.rows, take.label, take.metadata, take.note) == (200, "wave", {"subject": "kim"}, "")
    assert take.rate_hz == pytest.approx(RATE_HZ, rel=1e-3)
    np.testing.assert_array_equal(read_samples(plan.path)[:, 0], np.arange(300, 500))
    about = describe(plan.path)
    assert (about.name, about.label, about.source) == ("wave 1", "wave", "board")
    assert about.rate_hz == pytest.approx(RATE_HZ, rel=1e-3)


def test_a_take_is_on_disk_while_it_runs(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(300)
    plan = TakePlan(tmp_path / "a.arrow", "wave")
    bench.engine.begin_take(plan)
    bench.send_rows(1000)
    assert take_on_disk(plan).rows >= 900


def test_a_take_begun_at_once_waits_a_second_for_its_rate(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    plan = TakePlan(tmp_path / "a.arrow", "wave")
    bench.engine.begin_take(plan)
    bench.send_rows(50)
    assert not plan.path.exists()
    bench.send_rows(100)
    assert describe(plan.path).rate_hz == pytest.approx(RATE_HZ, rel=0.05)
    take = bench.engine.end_take()
    assert (take.rows, take.rate_hz) == (149, pytest.approx(RATE_HZ, rel=1e-2))


def test_a_gap_starts_a_new_part(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(300)
    plan = TakePlan(tmp_path / "a.arrow", "wave")
    bench.engine.begin_take(plan)
    bench.send_rows(200)
    bench.step(times=300)  # the board sampled nothing
    bench.send_rows(150)
    bench.step(SourceLost("gone"))
    assert "safe" in bench.message
    bench.step(times=60)
    bench.send_rows(100)
    take = bench.engine.end_take()
    assert [part.rows for part in take.parts] == [200, 150, 99]  # the first line after plugging in may be half a line
    assert [part.path.name for part in take.parts] == ["a.arrow", "a-2.arrow", "a-3.arrow"]
    assert "3 parts" in take.note
    for part in take.parts:
        np.testing.assert_array_equal(np.diff(read_samples(part.path)[:, 0]), 1)


@pytest.mark.parametrize(
    ("printed", "rows"), [(b"rst:0x1 (POWERON)\r\nready\r\n", [200, 200]), (b"warm now\r\n", [400])]
)
def test_boot_text_in_a_short_silence_is_a_new_start_and_one_remark_is_none(
    bench: Bench, tmp_path: Path, printed: bytes, rows: list[int]
) -> None:
    bench.step()
    bench.send_rows(300)
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", "wave"))
    bench.send_rows(200)
    bench.step(printed, times=1)
    bench.step(times=20)
    bench.send_rows(200)
    take = bench.engine.end_take()
    assert [part.rows for part in take.parts] == rows, bench.message
    if len(rows) > 1:
        assert bench.message == "The board has started anew, it seems: it printed “rst:0x1 (POWERON)”."
        assert [part.rate_hz for part in take.parts] == pytest.approx([RATE_HZ] * 2)  # the silence bends neither


def test_other_channels_start_a_new_part(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(100)
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", ""))
    bench.send_rows(100)
    bench.send_rows(100, lambda n: b"%d,1,2\n" % n)
    take = bench.engine.end_take()
    assert [(part.rows, len(part.channels)) for part in take.parts] == [(100, 2), (100, 3)]


def test_damaged_lines_are_counted_in_the_take(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(300, lambda n: b"1,\n" if n == 150 else b"1,2\n")
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", ""))
    bench.send_rows(300, lambda n: b"1,,2\n" if n % 100 == 50 else b"1,2\n")
    take = bench.engine.end_take()
    assert (take.rows, take.bad_lines) == (297, 3)
    assert take.rate_hz == pytest.approx(RATE_HZ, rel=1e-3)


def test_two_takes_at_once_or_none_are_refused(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="No take"):
        bench.engine.end_take()
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", ""))
    with pytest.raises(NotPossible, match="already"):
        bench.engine.begin_take(TakePlan(tmp_path / "b.arrow", ""))
    with pytest.raises(NotPossible, match="Nothing was recorded"):
        bench.engine.end_take()
    with pytest.raises(NotPossible, match="folder"):
        bench.engine.begin_take(TakePlan(tmp_path / "no" / "a.arrow", ""))


def test_a_full_disk_ends_the_recording_and_keeps_what_is_written(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.step()
    bench.send_rows(300)
    bench.engine.begin_take(TakePlan(tmp_path / "a.arrow", ""))
    bench.send_rows(300)

    def full(self: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recorder.SamplesWriter, "flush", full)
    bench.send_rows(100)
    assert "No space left on device" in bench.message
    take = bench.engine.end_take()
    assert take.rows >= 200
    assert "No space left on device" in take.note
    assert len(read_samples(tmp_path / "a.arrow")) == take.rows


def test_closing_finishes_a_running_take(bench: Bench, tmp_path: Path) -> None:
    bench.step()
    bench.send_rows(200)
    plan = TakePlan(tmp_path / "a.arrow", "")
    bench.engine.begin_take(plan)
    bench.send_rows(200)
    bench.engine.close()
    assert take_on_disk(plan).rows == 200
