"""Raw logs are safe at every moment and overwrite nothing; replayed, they give what came, when it came."""

from __future__ import annotations

import errno
import time
from pathlib import Path

import numpy as np
import pytest

from workbench.capture import raw_log
from workbench.capture.devices import Device
from workbench.capture.engine import CaptureEngine
from workbench.capture.link import Link, LinkSettings
from workbench.capture.raw_log import RawLog, check_raw_log, is_raw_log, times_of
from workbench.capture.replayed_log import in_short, log_device
from workbench.capture.ring import SampleRing, shared_memory
from workbench.capture.simulated_formats import FORMATS
from workbench.capture.source import SourceEnded
from workbench.capture.status import CaptureState, CaptureStatus
from workbench.errors import NotPossible, PortError
from workbench.project.model import Channel

AT_ONCE = LinkSettings(speed=0.0)


def blocks(log: Path, settings: LinkSettings = AT_ONCE) -> list[tuple[float, bytes]]:
    """What a replay gives, and the log's time of each."""
    device = Device(Link(log_device(log), settings))
    source = device.open(device.name)
    found = []
    try:
        while True:
            if data := source.read():
                found.append((device.now(), data))
    except SourceEnded:
        source.close()
    return found


def replayed(log: Path) -> tuple[CaptureStatus, SampleRing]:
    ring = SampleRing(shared_memory(1 << 16))
    engine = CaptureEngine(Link(log_device(log), AT_ONCE), ring=ring)
    while engine.status().state is not CaptureState.ENDED:
        engine.step()
    engine.close()
    return engine.status(), ring


def test_what_is_kept_comes_back_with_its_times(tmp_path: Path) -> None:
    log = RawLog(tmp_path / "a.log", started_s=100.0)
    for at_s, data in ((100.5, b"one"), (101.0, b"\x00\xff"), (140.25, b"three")):
        log.write(data, at_s)
    part = tmp_path / "a.log.part"
    assert part.read_bytes() == b"one\x00\xffthree", "a kill would leave this"
    wanted = [(0.5, b"one"), (1.0, b"\x00\xff"), (40.25, b"three")]
    assert blocks(part) == wanted
    log.close()
    log.close()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.log", "a.log.times"]
    assert blocks(tmp_path / "a.log") == wanted


def test_nothing_is_overwritten_and_nothing_left_when_nothing_came(tmp_path: Path) -> None:
    RawLog(tmp_path / "a.log", 0.0).close()
    assert list(tmp_path.iterdir()) == []
    for name in ("a.log", "a.log.times", "a.log.part", "a.log.times.part"):
        (tmp_path / name).touch()
        with pytest.raises(NotPossible, match="file of this name"):
            check_raw_log(tmp_path / "a.log")
        (tmp_path / name).unlink()
    with pytest.raises(NotPossible, match="folder"):
        check_raw_log(tmp_path / "no" / "a.log")


def test_a_file_that_came_between_is_not_overwritten(tmp_path: Path) -> None:
    log = RawLog(tmp_path / "a.log", 0.0)
    (tmp_path / "a.log").write_bytes(b"mine")
    log.write(b"1", 0.0)
    log.close()
    assert "file of this name" in log.problem
    assert (tmp_path / "a.log").read_bytes() == b"mine"


def test_a_full_log_and_a_full_disk_end_the_log_and_not_the_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_log, "MOST_BYTES", 10)
    log = RawLog(tmp_path / "a.log", 0.0)
    log.write(b"12345678", 0.0)
    log.write(b"9abc", 1.0)
    log.write(b"9", 2.0)
    assert "is full" in log.problem
    log.close()
    assert (tmp_path / "a.log").read_bytes() == b"12345678"

    log = RawLog(tmp_path / "b.log", 0.0)
    monkeypatch.setattr(raw_log, "check_raw_log", lambda path: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space")))
    log.write(b"1", 0.0)
    log.write(b"2", 0.0)
    assert log.problem == "The raw log stopped: No space. What was written before is kept."


@pytest.mark.parametrize(
    "notes",
    [
        b"",
        b"0.5,3\n0.4,2\n",
        b"0.5,3\n1e300,2\n",
        b"0.5,3\nnan,2\n",
        b"0.5,3\n0.6,-1\n",
        b"0.5,3\n\xff\xff,,\n",
        b"0.5,3\n0.6,99999999999\n",
        b"0.5,3\n" + b"9" * 500,
    ],
)
def test_damaged_notes_cost_the_times_and_not_the_bytes(tmp_path: Path, notes: bytes) -> None:
    (tmp_path / "a.log").write_bytes(b"one23")
    times_of(tmp_path / "a.log").write_bytes(notes)
    found = blocks(tmp_path / "a.log")
    assert b"".join(data for _, data in found) == b"one23"
    times = [at_s for at_s, _ in found]
    assert times == sorted(times)
    assert times[-1] <= 0.5


def test_a_silence_in_a_log_is_a_gap_of_its_length(tmp_path: Path) -> None:
    log = RawLog(tmp_path / "a.log", 0.0)
    for n in range(600):
        log.write(b"%d,%d\n" % (n, -n), 5.0 + n / 100 + (7.0 if n >= 300 else 0.0))
    log.close()
    status, ring = replayed(tmp_path / "a.log")
    assert (status.frames, status.gaps, status.format) == (599, 1, "lines, comma")
    assert status.rate_hz == pytest.approx(100, rel=1e-3)
    values, times = ring.latest(400)
    assert values[:, 0].tolist() == list(range(200, 600))
    assert np.diff(times).max() == pytest.approx(7.0, abs=0.1)


@pytest.mark.parametrize(("name", "rate_hz"), [("stamped", 50.0), ("native", 50.0), ("sensiml1", 50.0)])
def test_a_log_that_knows_its_rate_needs_no_notes(tmp_path: Path, name: str, rate_hz: float) -> None:
    wire = FORMATS[name]((Channel("a"), Channel("b")), rate_hz, "comma")
    sent = wire.announce() + b"".join(wire.reading((n, -n), n) for n in range(1000))
    (tmp_path / "a.log").write_bytes(sent)
    found = blocks(tmp_path / "a.log")
    assert b"".join(data for _, data in found) == sent
    assert found[-1][0] == pytest.approx(1000 / rate_hz, rel=0.05)
    status, _ = replayed(tmp_path / "a.log")
    assert status.rate_hz == pytest.approx(rate_hz, rel=0.01)
    assert "baud" not in status.message


def test_a_log_that_tells_no_time_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"".join(b"%d,1\n" % n for n in range(5000)))
    engine = CaptureEngine(Link(log_device(tmp_path / "a.log"), LinkSettings(baud=9600)))
    while not engine.status().frames:
        engine.step()
    assert "replayed at 9600 baud" in engine.status().message
    engine.close()
    assert blocks(tmp_path / "a.log")[-1][0] == pytest.approx((tmp_path / "a.log").stat().st_size * 10 / 115_200)


def test_the_speed_is_a_factor(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"ab")
    times_of(tmp_path / "a.log").write_bytes(b"0,1\n1.2,1\n")
    began_s = time.monotonic()
    found = blocks(tmp_path / "a.log", LinkSettings(speed=10.0))
    assert time.monotonic() - began_s > 0.1
    assert found == [(0.0, b"a"), (1.2, b"b")]


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), (b"", "is empty")])
def test_what_is_no_log(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / "a.log").write_bytes(content)
    with pytest.raises(PortError, match=words):
        blocks(tmp_path / "a.log")
    with pytest.raises(PortError, match="cannot be read"):
        blocks(tmp_path)


def test_which_files_are_taken_for_logs(tmp_path: Path) -> None:
    for name in ("a.log", "b.BIN", "c.csv", "d.txt"):
        (tmp_path / name).touch()
    times_of(tmp_path / "d.txt").touch()
    assert [is_raw_log(tmp_path / name) for name in ("a.log", "b.BIN", "c.csv", "d.txt", "e.log")] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert in_short(log_device(tmp_path / "a.log")) == "a.log"
    assert in_short("/dev/ttyACM0") == "/dev/ttyACM0"
