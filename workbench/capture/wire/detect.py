"""Finds out what a board sends from the first bytes, and hands them to the parser of that format.

Delimited lines are what most boards send: their parser listens from the start, and the others are asked what
they make of the same bytes until one of them, or two lines of numbers, have settled it.
"""

from __future__ import annotations

from workbench.capture.wire import labelled, simple_stream
from workbench.capture.wire.binary import BinaryFrames
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
_LINES_THAT_SETTLE = 2
_FRAMES_THAT_SETTLE = 2
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_UNPRINTABLE_SHARE = 0.1


class AutoDetect(WireParser):
    """A parser for whatever comes. After ``restart`` it finds out anew."""

    def __init__(self) -> None:
        self._before = Counts()
        self._parser: WireParser = DelimitedLines()
        self._listen()

    def _listen(self) -> None:
        self._sample = b""
        self._look_at = 0
        self._settled = False

    @property
    def counts(self) -> Counts:  # type: ignore[override]  # one that adds up, where others have one that counts
        return self._before + self._parser.counts

    @property
    def title(self) -> str:
        return self._parser.title if self._settled else ""

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
        if self._settled:
            return self._parser.feed(data)
        sample = self._sample + data  # whole: its start may be what describes the rest
        self._sample = sample[-_LONGEST_SAMPLE:]
        rows = self._parser.feed(data)
        if self._parser.channels:
            self._settle()
        elif len(self._sample) >= self._look_at:
            self._look_at = min(int(len(self._sample) * _GROWN), _LONGEST_SAMPLE)
            found = recognised(sample)
            if found is not None:
                self._parser = found
                self._settle()
                return self._parser.feed(sample)
        return rows

    def _settle(self) -> None:
        self._settled = True
        self._sample = b""


def recognised(sample: bytes) -> WireParser | None:
    """A parser for the format of these bytes, other than delimited lines; None while nothing speaks for one."""
    if b'"column_location"' in sample and any(map(simple_stream.describes, sample.split(b"\n"))):
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
    if len(sample.translate(None, _PRINTABLE)) > _UNPRINTABLE_SHARE * len(sample):
        frame = find_frame(sample)
        if frame is not None:
            return BinaryFrames(frame)
    return None
