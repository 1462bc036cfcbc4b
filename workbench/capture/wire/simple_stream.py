"""SensiML Simple Streaming, versions 1 and 2.

The board repeats one line of JSON (``sample_rate``, ``samples_per_packet``, ``column_location``, ``version``) until
the host answers ``connect``. Version 1 then sends bare int16 values, low byte first, a reading after another.
Version 2 packs them: FF, size (uint16: data and six bytes more), 00, channel (1 byte), sequence (uint32), data, and
the exclusive or of everything behind the size.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from workbench.capture.clock import DECLARED
from workbench.capture.wire.checksums import CHECKSUMS
from workbench.capture.wire.frame_scanner import FrameScanner
from workbench.capture.wire.lines import LONGEST_LINE
from workbench.capture.wire.parser import MOST_CHANNELS, Counts, Rows, WireParser
from workbench.capture.wire.sequence import Sequence
from workbench.project.model import Channel

CONNECT = b"connect"
_HEADER = 9
_LARGEST_PACKET = 0xFFFF - 6
_HIGHEST_HZ = 1e6
_LONGEST_NAME = 40
_RECOGNISED = 12  # bytes at the start of a description that tell it from values


@dataclass(frozen=True)
class Description:
    """What the line of JSON says; ``packet_bytes`` are those of the data in a packet of version 2."""

    channels: tuple[Channel, ...]
    rate_hz: float
    version: int
    packet_bytes: int


class SimpleStream(WireParser):
    """A parser for both versions. A stream that has begun already cannot be understood: its board must restart."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._sequence = Sequence(32, self.counts)
        self.restart()

    def restart(self) -> None:
        self._buffer = b""
        self._line = b""  # the description as it was sent
        self._description: Description | None = None
        self._packets: FrameScanner | None = None
        self._streaming = False
        self._answer_due = False

    @property
    def title(self) -> str:
        if self._description is None:
            return "SensiML simple stream"
        return f"SensiML simple stream, version {self._description.version}"

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._description.channels if self._description else ()

    @property
    def declared_hz(self) -> float | None:
        return self._description.rate_hz if self._description else None

    def reply(self) -> bytes:
        due, self._answer_due = self._answer_due, False
        return CONNECT if due else b""

    def finish(self) -> list[Rows]:
        rows = self._values(self._buffer) if self._streaming else []
        if self._packets is not None:
            self._packets.count_skipped()
        self.restart()
        return rows

    def feed(self, data: bytes) -> list[Rows]:
        self._buffer += data
        rows: list[Rows] = []
        while self._buffer:
            if not self._streaming:
                self._describe()
                if not self._streaming:
                    break
            anew = self._buffer.find(self._line[:_RECOGNISED])
            if anew < 0:
                safe = len(self._buffer) - _begun(self._buffer, self._line[:_RECOGNISED])
                self._buffer, values = self._buffer[safe:], self._buffer[:safe]
                rows += self._values(values)
                break
            # The board has started anew.
            rows += self._values(self._buffer[:anew])
            self._buffer = self._buffer[anew:]
            self._streaming, self._line = False, b""
        return rows

    def _describe(self) -> None:
        """Read lines until one is a description and something else follows."""
        while True:
            known = self._line
            if known and not known.startswith(self._buffer[: len(known)]):
                self._begin()
                return
            line, end, rest = self._buffer.partition(b"\n")
            if not end:
                if len(line) > LONGEST_LINE:
                    self.counts.bad += 1
                    self._buffer = b""
                return
            self._buffer = rest
            description = _description(line)
            if description is None:
                if line.strip():
                    self.counts.text += 1
                    self.counts.quote(line)
                continue
            self._line, self._description = line + end, description
            self._answer_due = True

    def _begin(self) -> None:
        assert self._description is not None  # noqa: S101 - set with the line
        self._streaming = True
        self._sequence.forget()
        self._odd = b""
        self._readings = 0
        size = self._description.packet_bytes
        self._packets = None
        if self._description.version == 2:
            prefix = b"\xff" + (size + 6).to_bytes(2, "little") + b"\0"
            checksum = CHECKSUMS["xor8"]
            self._packets = FrameScanner(prefix, _HEADER + size + 1, self.counts, checksum=checksum, covered_from=3)

    def _values(self, data: bytes) -> list[Rows]:
        assert self._description is not None  # noqa: S101 - the stream has begun
        channels = self._description.channels
        reading = 2 * len(channels)
        if self._packets is not None:
            packets = self._packets.feed(data)
            if not len(packets):
                return []
            readings = self._description.packet_bytes // reading
            sequence = np.ascontiguousarray(packets[:, 5:_HEADER]).view("<u4")[:, 0]
            self._sequence.add(sequence, readings)
            stored = packets[:, _HEADER:-1].tobytes()
            numbers = (sequence.astype(np.float64)[:, np.newaxis] * readings + np.arange(readings)).ravel()
        else:
            data = self._odd + data
            whole = len(data) // reading * reading
            stored, self._odd = data[:whole], data[whole:]
            numbers = self._readings + np.arange(whole // reading, dtype=np.float64)
            self._readings += whole // reading
        values = np.frombuffer(stored, "<i2").astype(np.float32).reshape(-1, len(channels))
        self.counts.frames += len(values)
        device_s = numbers / self._description.rate_hz
        return [Rows(channels, values, device_s, clock=DECLARED)] if len(values) else []


def describes(line: bytes) -> bool:
    """Whether a line is the description of such a stream."""
    return len(line) <= LONGEST_LINE and _description(line) is not None


def _begun(data: bytes, sought: bytes) -> int:
    """How many bytes at the end may be the beginning of what is sought."""
    return next((size for size in range(len(sought) - 1, 0, -1) if data.endswith(sought[:size])), 0)


def _description(line: bytes) -> Description | None:
    """What a line says; None when it is no description."""
    if not line.lstrip().startswith(b"{"):
        return None
    try:
        data = json.loads(line)
        columns = {str(name): int(place) for name, place in data["column_location"].items()}
        samples, rate_hz, version = int(data["samples_per_packet"]), float(data["sample_rate"]), data.get("version", 1)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    names = sorted(columns, key=lambda name: columns[name])
    size = 2 * len(names) * samples
    if [columns[name] for name in names] != list(range(len(names))) or not 1 <= len(names) <= MOST_CHANNELS:
        return None
    if not (0 < rate_hz <= _HIGHEST_HZ and samples >= 1 and size <= _LARGEST_PACKET and version in (1, 2)):
        return None
    if not all(name.isprintable() for name in names):
        return None
    return Description(tuple(Channel(name[:_LONGEST_NAME] or "?") for name in names), rate_hz, version, size)
