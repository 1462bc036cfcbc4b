"""Finds out what a board sends, hands it to the parser of that format, and thinks again when that no longer fits.

Delimited lines are what most boards send: their parser listens from the start, and the others are asked what
they make of the same bytes until one of them, or two lines of numbers, have settled it. A board may be given other
firmware while its port is open, and the first bytes may have been noise: what the settled parser makes no readings
of is put before all of them again, and the one that does takes over.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.capture.wire import labelled, simple_stream
from workbench.capture.wire.binary import BinaryFrame, BinaryFrames
from workbench.capture.wire.delimited import DelimitedLines
from workbench.capture.wire.detect_binary import find_frame
from workbench.capture.wire.labelled import LabelledLines
from workbench.capture.wire.lines import LONGEST_LINE
from workbench.capture.wire.native import NativeFrames
from workbench.capture.wire.parser import Counts, Picture, Rows, WireParser
from workbench.capture.wire.simple_stream import SimpleStream
from workbench.capture.wire.stamped import STAMP, StampedLines
from workbench.project.model import Channel

_LONGEST_SAMPLE = 64 << 10  # bytes
_GROWN = 1.25  # the sample is looked at again when it has grown this much
_FIRST_DOUBT = 128  # bytes without a reading, before the settled format is doubted
_LINES_THAT_SETTLE = 2
_FRAMES_THAT_SETTLE = 2
_READINGS_THAT_CONVINCE = 8  # that another format takes the place of a settled one
_UNMISTAKABLE = (NativeFrames, SimpleStream)  # a checksum or a description speaks for them
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_UNPRINTABLE_SHARE = 0.1


class AutoDetect(WireParser):
    """A parser for whatever comes. After ``restart`` it finds out anew."""

    def __init__(self) -> None:
        self._before = Counts()
        self._parser: WireParser = DelimitedLines()
        self._listen()

    def _listen(self) -> None:
        self._settled = False
        self._ask_to_begin_anew = False
        self._forget_sample(0)

    def _forget_sample(self, look_at: int) -> None:
        self._sample = b""
        self._came = 0  # bytes since the sample was begun: more than are kept
        self._look_at = look_at

    @property
    def counts(self) -> Counts:  # type: ignore[override]  # one that adds up, where others have one that counts
        return self._before + self._parser.counts

    @property
    def title(self) -> str:
        return self._parser.title if self._settled else ""

    @property
    def frame(self) -> BinaryFrame | None:
        """The layout, where binary frames were found."""
        return self._parser.frame if isinstance(self._parser, BinaryFrames) else None

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._parser.channels

    @property
    def declared_hz(self) -> float | None:
        return self._parser.declared_hz

    def lost_of(self, stream: int) -> int:
        return self._before.lost + self._parser.lost_of(stream)

    def pictures(self) -> list[Picture]:
        return self._parser.pictures()

    def reply(self) -> bytes:
        if self._ask_to_begin_anew:
            self._ask_to_begin_anew = False
            return simple_stream.DISCONNECT
        return self._parser.reply()

    def restart(self) -> None:
        self._before = self.counts
        self._parser = DelimitedLines()
        self._listen()

    def finish(self) -> list[Rows]:
        rows = self._parser.finish()
        self.restart()
        return rows

    def feed(self, data: bytes) -> list[Rows]:
        return self._follow(data) if self._settled else self._find_out(data)

    # ---------------------------------------------------------------- finding out

    def _find_out(self, data: bytes) -> list[Rows]:
        sample = self._sample + data  # whole: its start may be what describes the rest
        rows = self._parser.feed(data)
        are_lines = bool(self._parser.channels)  # two of them, which stand in binary frames by chance too
        if (are_lines and _is_binary(sample)) or (not are_lines and self._is_due(data)):
            found = recognised(sample)
            if found is not None:
                self._parser = found
                self._settle()
                return self._parser.feed(sample)
            self._ask_to_begin_anew = not are_lines and simple_stream.is_bare(sample)
        if are_lines:
            self._settle()
        return rows

    def _settle(self) -> None:
        self._settled = True
        self._forget_sample(_FIRST_DOUBT)

    def _is_due(self, data: bytes) -> bool:
        """Take in further bytes; whether the sample has grown enough to be looked at again."""
        self._sample = (self._sample + data)[-_LONGEST_SAMPLE:]
        self._came += len(data)
        due = self._came >= self._look_at
        if due:
            self._look_at = int(self._came * _GROWN)
        return due

    # ---------------------------------------------------------------- thinking again

    def _follow(self, data: bytes) -> list[Rows]:
        counts = self._parser.counts
        good, bad = counts.frames + counts.pictures, counts.bad
        rows = self._parser.feed(data)
        if counts.frames + counts.pictures - good > counts.bad - bad and not self._parser.unsure:
            if self._came:
                self._forget_sample(_FIRST_DOUBT)
        elif self._is_due(data):
            rows += self._take_over(self._sample)
        return rows

    def _take_over(self, sample: bytes) -> list[Rows]:
        """The rows that another parser makes of the sample; it is the parser from now on."""
        for other in _candidates(sample):
            if _same(other, self._parser):
                return []  # what came is damaged, not another format
            rows = other.feed(sample)
            if self._is_convincing(other):
                self._before = self.counts + Counts(other_formats=1)
                self._parser = other
                self._settle()
                return rows
        return []

    def _is_convincing(self, other: WireParser) -> bool:
        """Whether another parser, which has been fed the sample, understands it well enough to take over."""
        if isinstance(other, _UNMISTAKABLE):
            return True
        if self._parser.unsure and not (isinstance(other, BinaryFrames) and other.frame.checksum != "none"):
            return False  # a wild signal must not be taken for another format
        return other.counts.frames >= max(_READINGS_THAT_CONVINCE, other.counts.bad)


def _same(one: WireParser, other: WireParser) -> bool:
    """Whether two parsers are for the same format, the same layout of binary frames included."""
    if isinstance(one, BinaryFrames) and isinstance(other, BinaryFrames):
        return one.frame == other.frame
    return type(one) is type(other)


def _is_binary(sample: bytes) -> bool:
    """Whether these bytes are no text."""
    return len(sample.translate(None, _PRINTABLE)) > _UNPRINTABLE_SHARE * len(sample)


def _candidates(sample: bytes) -> Iterator[WireParser]:
    found = recognised(sample)
    if found is not None:
        yield found
    yield DelimitedLines()


def recognised(sample: bytes) -> WireParser | None:
    """A parser for the format of these bytes, other than delimited lines; None while nothing speaks for one."""
    described = b'"column_location"' in sample and any(map(simple_stream.describes, sample.split(b"\n")))
    if described or simple_stream.has_packets(sample):
        return SimpleStream()
    if sample.count(0) > 1:
        native = NativeFrames()
        native.feed(sample)
        if native.sound_frames >= _FRAMES_THAT_SETTLE:
            return NativeFrames()
    lines = [line.strip() for line in sample.split(b"\n")[1:-1] if len(line) <= LONGEST_LINE]
    if sum(bool(STAMP.match(line)) for line in lines) >= _LINES_THAT_SETTLE:
        return StampedLines()
    layouts = [found[0] for found in map(labelled.reading, lines) if found]
    if any(layouts.count(layout) >= _LINES_THAT_SETTLE for layout in set(layouts)):
        return LabelledLines()
    if _is_binary(sample):
        frame = find_frame(sample)
        if frame is not None:
            return BinaryFrames(frame)
    return None
