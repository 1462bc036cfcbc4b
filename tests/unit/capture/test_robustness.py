"""What real boards do to a capture, each through a pseudo-terminal and the whole engine while a take is running.

Each time: a message, the counters, reading that goes on by itself, and the take so far safe.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from workbench.capture import engine as engine_module
from workbench.capture.clock import COMPUTER
from workbench.capture.engine import CaptureEngine
from workbench.capture.link import Link
from workbench.capture.recorder import TakePlan
from workbench.capture.simulated_formats import FORMATS
from workbench.capture.status import CaptureState, CaptureStatus, Take
from workbench.project.model import Channel
from workbench.project.samples import read_samples

CHANNELS = (Channel("a"), Channel("b"))
PATIENCE_S = 60.0


def rows(first: int, last: int) -> bytes:
    """Readings ``n,-n``."""
    return b"".join(b"%d,%d\n" % (n, -n) for n in range(first, last))


class Desk:
    """A board on a pseudo-terminal that can be pulled and plugged in again, and the engine that reads it."""

    def __init__(self, folder: Path) -> None:
        self._port = folder / "port"
        self._folder = folder
        self.plug_in()
        self.engine = CaptureEngine(Link(str(self._port)))
        self.engine.step()

    def plug_in(self) -> None:
        self._master, slave = os.openpty()
        os.set_blocking(self._master, False)
        self._port.unlink(missing_ok=True)
        self._port.symlink_to(os.ttyname(slave))
        self._slave = slave

    def unplug(self) -> None:
        os.close(self._slave)
        os.close(self._master)

    def send(self, data: bytes) -> None:
        """Everything, however long the computer takes to read it."""
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self.engine.step()

    def until(self, happened: Callable[[CaptureStatus], bool]) -> CaptureStatus:
        deadline = time.monotonic() + PATIENCE_S
        while not happened(status := self.engine.status()):
            assert time.monotonic() < deadline, f"it did not happen: {status}"
            self.engine.step()
        return status

    def record(self) -> None:
        """Readings 0 to 99 come, and a take is begun."""
        self.send(rows(0, 100))
        self.until(lambda status: status.frames >= 99)
        self.engine.begin_take(TakePlan(self._folder / "take.arrow", "wave"))

    def recorded(self) -> tuple[Take, list[float]]:
        """The take, and the first column of all its parts."""
        take = self.engine.end_take()
        return take, np.concatenate([read_samples(part.path)[:, 0] for part in take.parts]).tolist()

    def close(self) -> None:
        self.engine.close()
        self.unplug()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(engine_module, "_RETRY_S", 0.02)
    monkeypatch.setattr(engine_module, "_LOOK_BACK_S", 0.1)
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def test_unplugged_and_plugged_in_again(desk: Desk) -> None:
    desk.record()
    desk.send(rows(100, 200))
    desk.until(lambda status: status.recording_rows == 100)
    desk.unplug()
    status = desk.until(lambda status: status.state is CaptureState.LOST)
    assert status.message == (
        "The board went away. Reading goes on when it is plugged in again. The take so far is safe."
    )
    desk.plug_in()
    desk.until(lambda status: status.state is CaptureState.WAITING or status.state is CaptureState.RECEIVING)
    desk.send(rows(300, 400))
    status = desk.until(lambda status: status.recording_rows == 199)
    assert (status.state, status.gaps) == (CaptureState.RECEIVING, 1)
    take, values = desk.recorded()
    assert values == [*range(100, 200), *range(301, 400)]  # half of the first line may have been sent before
    assert "2 parts" in take.note


def test_a_reboot_with_its_boot_text(desk: Desk) -> None:
    desk.record()
    desk.send(
        rows(100, 200) + b"2\x00\xfe\r\nets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON), boot: 0x13\r\nready\r\n"
    )
    desk.send(rows(0, 100))
    status = desk.until(lambda status: status.recording_rows == 200)
    assert status.state is CaptureState.RECEIVING
    assert status.text_lines >= 3
    assert "rst:0x1 (POWERON), boot: 0x13" in status.last_text
    _, values = desk.recorded()
    assert values == [*range(100, 200), *range(100)]


def test_a_megabyte_without_a_newline(desk: Desk) -> None:
    desk.record()
    desk.send(rows(100, 200) + b"7" * (1 << 20))
    status = desk.until(lambda status: status.bytes > 1 << 20)
    assert (status.recording_rows, status.bad_lines) == (100, 1)
    assert "KB have come since the last reading, and there is none in them: did a line not end?" in status.message
    desk.send(b"\n" + rows(200, 300))
    status = desk.until(lambda status: status.recording_rows == 200)
    assert (status.bad_lines, status.message) == (1, "")
    take, values = desk.recorded()
    assert values == list(range(100, 300))
    assert take.bad_lines == 1


def test_invalid_utf_8(desk: Desk) -> None:
    desk.record()
    desk.send(rows(100, 200) + b"temp \xc3\x28 \xff\xfe\n1\xf0\x28,2\n" * 30 + rows(200, 230))
    status = desk.until(lambda status: status.recording_rows == 130)
    assert status.bad_lines + status.text_lines == 60
    desk.until(lambda status: "lines are damaged and left out: is the baud rate right" in status.message)
    assert all(line.isprintable() for line in status.last_text)
    _, values = desk.recorded()
    assert values == list(range(100, 230))


def test_nan_and_infinity(desk: Desk) -> None:
    desk.record()
    desk.send(rows(100, 150) + b"nan,1\ninf,-inf\n1e99,1\n" + rows(150, 200))
    status = desk.until(lambda status: status.recording_rows == 100)
    assert status.bad_lines == 3
    desk.until(lambda status: "had nan or inf for a value and are left out" in status.message)
    take, values = desk.recorded()
    assert values == list(range(100, 200))
    assert take.bad_lines == 3


def test_another_number_of_channels_mid_stream(desk: Desk) -> None:
    desk.record()
    desk.send(rows(100, 200) + b"".join(b"%d,1,2\n" % n for n in range(50)))
    status = desk.until(lambda status: status.recording_rows == 150)
    assert "The board now sends 3 values a reading; it was 2." in status.message
    assert (status.state, len(status.channels)) == (CaptureState.RECEIVING, 3)
    take, values = desk.recorded()
    assert [(part.rows, len(part.channels)) for part in take.parts] == [(100, 2), (50, 3)]
    assert values == [*range(100, 200), *range(50)]


@pytest.mark.parametrize("name", ["native", "stamped"])
def test_a_thousand_times_the_declared_rate(desk: Desk, name: str, tmp_path: Path) -> None:
    wire = FORMATS[name](CHANNELS, 5.0, "comma")  # and 5 kHz is what comes
    desk.send(wire.announce() + b"".join(wire.reading((n, -n), n) for n in range(100)))
    desk.until(lambda status: status.frames > 90)
    desk.engine.begin_take(TakePlan(tmp_path / "take.arrow", "wave"))
    started_s, sent = time.monotonic(), 100
    while not (doubt := desk.engine.status().message):
        assert time.monotonic() < started_s + PATIENCE_S
        due = 100 + int((time.monotonic() - started_s) * 5000)
        desk.send(b"".join(wire.reading((n, -n), n) for n in range(sent, due)))
        sent = due
    assert "this computer's clock is used" in doubt
    assert "5.00\u2009Hz" in doubt
    desk.send(b"".join(wire.reading((n, -n), n) for n in range(sent, sent + 50)))
    sent += 50
    status = desk.until(lambda status: status.recording_rows == sent - 100)
    assert status.state is CaptureState.RECEIVING
    assert status.rate_hz == pytest.approx(5000, rel=0.3)  # this computer may be busy
    take, values = desk.recorded()
    assert values == list(range(100, sent))
    assert take.rate_hz == pytest.approx(5000, rel=0.3)
    assert take.parts[-1].clock is COMPUTER
