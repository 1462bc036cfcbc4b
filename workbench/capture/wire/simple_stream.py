"""SensiML Simple Streaming, versions 1 and 2.

The board repeats one line of JSON (``sample_rate``, ``samples_per_packet``, ``column_location``, ``version``) until
the host answers ``connect``. Version 1 then sends bare int16 values, low byte first, a reading after another.
Version 2 packs them: FF, size (uint16: data and six bytes more), 00, channel (1 byte), sequence (uint32), data, and
the exclusive or of everything behind the size. At ``disconnect`` the board describes itself again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.capture.clock import DECLARED
from workbench.capture.wire.alignment import AlignedReadings
from workbench.capture.wire.checksums import CHECKSUMS
from workbench.capture.wire.frame_scanner import FrameScanner
from workbench.capture.wire.lines import LONGEST_LINE
from workbench.capture.wire.parser import MOST_CHANNELS, Counts, Rows, WireParser
from workbench.capture.wire.sequence import Sequence
from workbench.project.model import Channel

CONNECT, DISCONNECT = b"connect", b"disconnect"
_HEADER = 9
_LARGEST_PACKET = 0xFFFF - 6
_HIGHEST_HZ = 1e6
_LONGEST_NAME = 40
_RECOGNISED = 9  # bytes at the start of a description that tell it from values
_PACKETS_IN_A_ROW = 3  # that nothing else looks like
_FEWEST_BARE = 512  # bytes, to tell bare values from noise
_MOST_BARE = 4096  # bytes looked at
_MOST_BARE_CHANNELS = 16
_SMOOTH = 0.35  # mean step, as a share of what two values taken at random differ by
_TEXT = bytes(range(0x20, 0x7F)) + b"\t\r\n"


@dataclass(frozen=True)
class Description:
    """What the line of JSON says; ``packet_bytes`` are those of the data in a packet of version 2."""

    channels: tuple[Channel, ...]
    rate_hz: float
    version: int
    packet_bytes: int


class SimpleStream(WireParser):
    """A parser for both versions. A board whose stream is under way already is asked to describe it and begin anew."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._sequence = Sequence(32, self.counts)
        self.restart()

    def restart(self) -> None:
        self._buffer = b""
        self._line = b""  # the description as it was sent
        self._description: Description | None = None
        self._packets: FrameScanner | None = None
        self._bare: AlignedReadings | None = None
        self._streaming = False
        self._answer = b""
        self._undescribed = 0  # bytes that came without a description
        self._ask_at = _FEWEST_BARE

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

    @property
    def unsure(self) -> bool:
        return self._bare is not None and self._bare.unsure

    def reply(self) -> bytes:
        answer, self._answer = self._answer, b""
        return answer

    def finish(self) -> list[Rows]:
        rows = self._values(self._buffer) if self._streaming else []
        if self._bare is not None:
            rows += self._rows(self._bare.finish(), None)
        if self._packets is not None:
            self._packets.count_skipped()
        self.restart()
        return rows

    def feed(self, data: bytes) -> list[Rows]:
        if self._description is None:
            self._ask_for_description(data)
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

    def _ask_for_description(self, data: bytes) -> None:
        """What is no text is the stream itself: the board must be told to stop before it describes it."""
        self._undescribed += len(data.translate(None, _TEXT))
        if self._undescribed >= self._ask_at:
            self._ask_at = 2 * self._undescribed
            self._answer = DISCONNECT

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
                if line.translate(None, _TEXT):  # a stream that was under way already
                    self.counts.bad += 1
                elif line.strip():
                    self.counts.text += 1
                    self.counts.quote(line)
                continue
            self._line, self._description = line + end, description
            self._answer = CONNECT

    def _begin(self) -> None:
        assert self._description is not None  # noqa: S101 - set with the line
        self._streaming = True
        self._sequence.forget()
        self._readings = 0
        size = self._description.packet_bytes
        self._packets = self._bare = None
        if self._description.version == 1:
            self._bare = AlignedReadings(len(self._description.channels))
        else:
            prefix = b"\xff" + (size + 6).to_bytes(2, "little") + b"\0"
            checksum = CHECKSUMS["xor8"]
            self._packets = FrameScanner(prefix, _HEADER + size + 1, self.counts, checksum=checksum, covered_from=3)

    def _values(self, data: bytes) -> list[Rows]:
        assert self._description is not None  # noqa: S101 - the stream has begun
        if self._packets is None:
            return self._bare_values(data)
        packets = self._packets.feed(data)
        if not len(packets):
            return []
        channels = len(self._description.channels)
        readings = self._description.packet_bytes // (2 * channels)
        sequence = np.ascontiguousarray(packets[:, 5:_HEADER]).view("<u4")[:, 0]
        self._sequence.add(sequence, readings)
        numbers = (sequence.astype(np.float64)[:, np.newaxis] * readings + np.arange(readings)).ravel()
        values = np.frombuffer(packets[:, _HEADER:-1].tobytes(), "<i2").astype(np.float32).reshape(-1, channels)
        return self._rows(values, numbers)

    def _bare_values(self, data: bytes) -> list[Rows]:
        assert self._bare is not None  # noqa: S101 - made with the stream
        damaged, realigned = self._bare.damaged, self._bare.realigned
        values = self._bare.feed(data)
        self.counts.bad += self._bare.damaged - damaged
        self.counts.sequence_gaps += self._bare.realigned - realigned
        return self._rows(values, None)

    def _rows(self, values: NDArray[np.float32], numbers: NDArray[np.float64] | None) -> list[Rows]:
        """Readings with their numbers since the stream began; those that carry none follow each other."""
        assert self._description is not None  # noqa: S101 - the stream has begun
        if not len(values):
            return []
        if numbers is None:
            numbers = self._readings + np.arange(len(values), dtype=np.float64)
            self._readings += len(values)
        self.counts.frames += len(values)
        device_s = numbers / self._description.rate_hz
        return [Rows(self._description.channels, values, device_s, clock=DECLARED)]


def describes(line: bytes) -> bool:
    """Whether a line is the description of such a stream."""
    return len(line) <= LONGEST_LINE and _description(line) is not None


def has_packets(sample: bytes) -> bool:
    """Whether packets of version 2 stand in a row: a stream that began before somebody listened."""
    buffer = np.frombuffer(sample, np.uint8)
    places = np.flatnonzero((buffer[:-3] == 0xFF) & (buffer[3:] == 0)) if len(buffer) > _HEADER else np.empty(0, int)
    sizes = buffer[places + 1].astype(np.intp) | buffer[places + 2].astype(np.intp) << 8
    starts = dict(zip(places.tolist(), sizes.tolist(), strict=True))
    for place, size in starts.items():
        following = [starts.get(place + number * (size + 4)) for number in range(1, _PACKETS_IN_A_ROW)]
        if size > 6 and all(other == size for other in following):
            packet = buffer[place + 3 : place + 4 + size]
            if np.bitwise_xor.reduce(packet) == 0:  # the checksum included
                return True
    return False


def is_bare(sample: bytes) -> bool:
    """Whether bytes are int16 values of a few channels that change slowly, as version 1 sends them."""
    sample = sample[-_MOST_BARE:]
    if len(sample) < _FEWEST_BARE or len(sample.translate(None, _TEXT)) < len(sample) // 4:
        return False
    for start in (0, 1):
        values = np.frombuffer(sample[start : start + (len(sample) - start) // 2 * 2], "<i2").astype(np.float64)
        shuffled = np.random.default_rng(0).permutation(values)
        spread = np.abs(values - shuffled).mean()
        steps = [np.abs(values[step:] - values[:-step]).mean() for step in range(1, _MOST_BARE_CHANNELS + 1)]
        if spread > 0 and min(steps) < _SMOOTH * spread:
            return True
    return False


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
