"""A log file as a source: its bytes again, at the pace they came, faster, or as fast as possible.

The pace is what the log itself says: the times noted beside it (``raw_log.py``), or the clock or the declared rate
of what stands in it, or else the baud rate. Whatever the speed, the engine goes by the time in the log, so that
rates and gaps come out as they were.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workbench.capture.link import LinkSettings
from workbench.capture.raw_log import times_of
from workbench.capture.source import Source, SourceEnded
from workbench.capture.time_column import TimeColumn
from workbench.capture.wire.parser import WireParser
from workbench.errors import PortError

REPLAY = "replay:"
_BLOCK_BYTES = 512  # a fraction of a second of a slow board
_MOST_BYTES = 1 << 20  # that a noted read may have
_SCAN_BYTES = 256 << 10  # are enough to see whether there is a clock
_BITS_OF_A_BYTE = 10  # with start and stop
_WAIT_S = 0.02
_LONGEST_PAUSE_S = 3600.0  # between two reads: what a log says beyond that is damaged

Block = tuple[float, bytes]  # when it came, in s, never falling
MakeParser = Callable[[], WireParser]


def is_log(device: str) -> bool:
    """Whether a device's name means a log, not a port."""
    return device.startswith(REPLAY)


def log_device(path: Path) -> str:
    """The device's name of a log."""
    return f"{REPLAY}{path}"


def in_short(device: str) -> str:
    """A device's name as a person would say it: of a log the file's name alone."""
    return Path(device.removeprefix(REPLAY)).name if is_log(device) else device


@dataclass
class LogTime:
    """The time in the log, s."""

    now_s: float = 0.0


class ReplayedLog(Source):
    """An open log, which tells ``log_time`` how far it is. Raises PortError when there is nothing to replay.

    ``make_parser`` gives parsers of what stands in it.
    """

    def __init__(self, device: str, settings: LinkSettings, make_parser: MakeParser, log_time: LogTime) -> None:
        path = Path(device.removeprefix(REPLAY)).expanduser()
        self._speed = settings.speed
        self._time = log_time
        self._file = _opened(path)
        times = times_of(path)
        if times.is_file():
            self._blocks = _as_noted(self._file, times)
        else:
            self._blocks, self.notice = _by_content(self._file, make_parser, settings)
        self._next: Block | None = next(self._blocks, None)
        self._began_s = time.monotonic()
        self._first_s = log_time.now_s

    def read(self) -> bytes:
        if self._next is None:
            raise SourceEnded("end of file", what="The log has been replayed to its end.")
        at_s, data = self._next[0] + self._first_s, self._next[1]
        if self._speed:
            reached_s = self._first_s + (time.monotonic() - self._began_s) * self._speed
            if reached_s < at_s:
                time.sleep(min(_WAIT_S, (at_s - reached_s) / self._speed))
                self._time.now_s = reached_s
                return b""
        self._time.now_s = at_s
        try:
            self._next = next(self._blocks, None)
        except OSError as error:
            raise SourceEnded(str(error), what=f"The log cannot be read any further ({error}).") from error
        return data

    def write(self, data: bytes) -> None:
        """A log listens to nobody."""

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


def _opened(path: Path) -> IO[bytes]:
    try:
        file = path.open("rb")
        if not file.peek(1):
            file.close()
            raise PortError("The log is empty.", where=str(path), to_do="Choose another file.")
    except OSError as error:
        reason = error.strerror or str(error)
        raise PortError(f"The log cannot be read ({reason}).", where=str(path), to_do="Choose a file.") from error
    return file


def _as_noted(file: IO[bytes], times: Path) -> Iterator[Block]:
    """The reads as they were. What the notes lack, as after a kill, comes with the last of them."""
    now_s = 0.0
    with times.open("rb") as notes:
        while note := notes.readline(80):
            seconds, _, count = note.partition(b",")
            try:
                at_s, size = float(seconds), int(count)
            except ValueError:
                break
            if not 0 < size <= _MOST_BYTES or not now_s <= at_s <= now_s + _LONGEST_PAUSE_S:
                break
            data = file.read(size)
            if not data:
                return
            now_s = at_s
            yield now_s, data
    while data := file.read(_BLOCK_BYTES):
        yield now_s, data


def _by_content(file: IO[bytes], make_parser: MakeParser, settings: LinkSettings) -> tuple[Iterator[Block], str]:
    """Blocks at the pace of the clock or the declared rate in them, or else of the baud rate, and what to say of it."""
    scan, clock = (_ContentClock(make_parser(), settings.time_column) for _ in range(2))
    start = file.read(_SCAN_BYTES)
    file.seek(0)
    if scan.advance(start) is not None:
        return _by_clock(file, clock), ""
    baud = settings.baud
    return _by_baud(file, baud), (
        f"The log does not say when its bytes came: they are replayed at {baud} baud. Set the rate, if you know it."
    )


class _ContentClock:
    """The time by what a parser finds: times of readings and pictures, or a declared rate."""

    def __init__(self, parser: WireParser, time_column: str) -> None:
        self._parser = parser
        self._time_column = TimeColumn(time_column)
        self._last_s: float | None = None

    def advance(self, data: bytes) -> float | None:
        """How far these bytes bring the clock, s; None when they say nothing."""
        rows = self._parser.feed(data)
        self._parser.reply()
        rows = [self._time_column.take(one) for one in rows if one.stream == rows[0].stream]
        times = [float(one.device_s[at]) for one in rows if one.device_s is not None and len(one) for at in (0, -1)]
        times = times or [picture.device_s for picture in self._parser.pictures()]
        if times:
            before_s, self._last_s = self._last_s, times[-1]
            return max(0.0, times[-1] - (times[0] if before_s is None else before_s))  # the board may start anew
        declared_hz = self._parser.declared_hz
        return sum(map(len, rows)) / declared_hz if declared_hz and rows else None


def _by_clock(file: IO[bytes], clock: _ContentClock) -> Iterator[Block]:
    now_s = 0.0
    while data := file.read(_BLOCK_BYTES):
        now_s += min(clock.advance(data) or 0.0, _LONGEST_PAUSE_S)
        yield now_s, data


def _by_baud(file: IO[bytes], baud: int) -> Iterator[Block]:
    sent = 0
    while data := file.read(_BLOCK_BYTES):
        sent += len(data)
        yield sent * _BITS_OF_A_BYTE / baud, data
