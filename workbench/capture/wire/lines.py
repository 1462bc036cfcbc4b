"""What all formats of text lines share: cutting bytes into lines, agreeing on a layout, halving damaged blocks.

Whole blocks of lines are converted at once; where a block does not hold what it should it is halved until the
lines at fault are found, so a damaged line costs a few conversions and never its neighbours.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.capture.clock import BOARD, MONITOR
from workbench.capture.wire.parser import Counts, Rows, WireParser, merged
from workbench.project.model import Channel

LONGEST_LINE = 8192  # bytes: 256 channels of 20 characters and more
BLANKS = b" \t\r\v\f"
_AGREE_TO_CHANGE = 8  # lines in a row that it takes to believe in another layout
_IS_BLANK = np.zeros(256, np.bool_)
_IS_BLANK[list(BLANKS + b"\n")] = True
# Two letters in a row make text of a line; nan and inf are what a sensor library prints for no value.
_WORD = re.compile(rb"(?i)\b(?!(?:nan|inf(?:inity)?|ovf)\b)[a-z]{2}")

Layout = TypeVar("Layout")
_Times = NDArray[np.float64] | None


class LineParser(WireParser, Generic[Layout]):
    """A parser for one reading a line; a format says what a reading looks like.

    With ``cut_start`` the first line of numbers is thrown away, since the port was opened in its middle: half a
    number looks like a number.
    """

    def __init__(self, *, cut_start: bool = True) -> None:
        self.counts = Counts()
        self.restart()
        self._cut_start = cut_start

    # ---------------------------------------------------------------- what a format says

    @abstractmethod
    def _reading(self, line: bytes) -> tuple[Layout, NDArray[np.float32]] | None:
        """The layout and the values (channels,) of a line that is a reading."""

    @abstractmethod
    def _convert(self, block: bytes, ends: NDArray[np.intp], layout: Layout) -> NDArray[np.float32] | None:
        """The values (lines, channels) of a block in which every line is a finite reading of this layout, else None."""

    @abstractmethod
    def _channels_of(self, layout: Layout) -> tuple[Channel, ...]:
        """The channels of a layout."""

    @abstractmethod
    def _lines_to_settle(self, layout: Layout) -> int:
        """How many lines of one layout settle the first one."""

    def _is_text(self, line: bytes) -> bool:
        """Whether a line that is no reading was never meant as one."""
        return holds_words(line)

    def _text(self, line: bytes) -> None:
        self.counts.text += 1
        self.counts.quote(line)

    def _tidy(self, block: bytes) -> bytes:
        """A block without what the format allows but ``_convert`` does not."""
        return block

    # ---------------------------------------------------------------- feeding

    def restart(self) -> None:
        self._cut_start = True
        self._carry = b""
        self._overlong = False  # the rest of a line that was given up is on its way
        self._layout: Layout | None = None
        self._channels: tuple[Channel, ...] = ()
        self._pending: list[tuple[NDArray[np.float32], _Times]] = []  # of another layout, until it is clear why
        self._pending_layout: Layout | None = None
        self._ready: list[Rows] = []
        self._stamps: _Times = None  # of the lines that are being fed, from the next one on

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._channels

    def feed(self, data: bytes) -> list[Rows]:
        end = data.rfind(b"\n")
        if end < 0:
            self._keep(data)
            return self._take()
        block = self._carry + data[: end + 1]
        self._carry = b""
        if self._overlong:
            self._overlong = False
            block = block[block.index(b"\n") + 1 :]
        self._block(block)
        self._keep(data[end + 1 :])
        return self._take()

    def feed_stamped(self, lines: bytes, stamps: NDArray[np.float64]) -> list[Rows]:
        """Whole lines, none of them blank, with the time in s (lines,) at which a monitor read each."""
        self._stamps = stamps
        rows = self.feed(lines)
        self._stamps = None
        return rows

    def _times(self, lines: int) -> _Times:
        """The stamps of the next lines."""
        if self._stamps is None:
            return None
        times, self._stamps = self._stamps[:lines], self._stamps[lines:]
        return times

    def finish(self) -> list[Rows]:
        if self._carry:
            self._block(self._carry + b"\n")
        if self._layout is None and self._pending:
            self._settle()
        self._give_up_pending()
        rows = self._take()
        self.restart()
        return rows

    def _take(self) -> list[Rows]:
        ready, self._ready = self._ready, []
        return merged(ready)

    def _keep(self, rest: bytes) -> None:
        if self._overlong:
            return
        self._carry += rest
        if len(self._carry) > LONGEST_LINE:
            self._bad(self._carry)
            self._carry, self._overlong = b"", True

    # ---------------------------------------------------------------- blocks of lines

    def _block(self, block: bytes) -> None:
        """Whole lines."""
        if b"\r\n" in block:
            block = block.replace(b"\r\n", b"\n")
        while b"\n\n" in block:
            block = block.replace(b"\n\n", b"\n")
        while block and self._layout is None:
            first, _, block = block.partition(b"\n")
            self._line(first)
        block = self._tidy(block)
        if block:
            self._lines(block, np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")))

    def _lines(self, block: bytes, ends: NDArray[np.intp]) -> None:
        """Lines of a known layout, with the places of their ends; halved until a conversion succeeds."""
        if len(ends) == 1:
            self._line(block[:-1])
            return
        values = None if self._layout is None else self._convert(block, ends, self._layout)
        if values is not None:
            self._give_up_pending()
            self._rows(values, self._times(len(ends)))
            return
        half = len(ends) // 2
        cut = int(ends[half - 1]) + 1
        self._lines(block[:cut], ends[:half])
        self._lines(block[cut:], ends[half:] - cut)

    def _rows(self, values: NDArray[np.float32], times: _Times) -> None:
        self.counts.frames += len(values)
        clock = BOARD if times is None else MONITOR
        self._ready.append(Rows(self._channels, values, times, clock=clock))

    # ---------------------------------------------------------------- single lines

    def _line(self, line: bytes) -> None:
        times = self._times(1)
        line = line.strip(BLANKS)
        if not line:
            return
        found = None if len(line) > LONGEST_LINE else self._reading(line)
        if found is None and self._is_text(line):
            self._text(line)
        elif self._cut_start:
            self._cut_start = False
        elif found is None:
            self._bad(line)
        elif not np.isfinite(found[1]).all():
            self.counts.not_finite += 1
            self._bad(line)
        else:
            self._values(*found, times)

    def _bad(self, line: bytes) -> None:
        self.counts.bad += 1
        self.counts.quote(line)

    def _values(self, layout: Layout, values: NDArray[np.float32], times: _Times) -> None:
        """A reading: of the layout, or maybe the first of another one."""
        if layout == self._layout:
            self._give_up_pending()
            self._rows(values[np.newaxis], times)
            return
        if layout != self._pending_layout:
            self._give_up_pending()
            self._pending_layout = layout
        self._pending.append((values, times))
        if len(self._pending) >= (_AGREE_TO_CHANGE if self._layout else self._lines_to_settle(layout)):
            self._settle()

    def _settle(self) -> None:
        """The pending readings are the layout from now on."""
        assert self._pending_layout is not None  # noqa: S101 - there are pending readings
        self._layout = self._pending_layout
        self._channels = self._channels_of(self._layout)
        stamps = [times for _, times in self._pending if times is not None]
        times = np.concatenate(stamps) if len(stamps) == len(self._pending) else None
        self._rows(np.stack([values for values, _ in self._pending]), times)
        self._pending, self._pending_layout = [], None

    def _give_up_pending(self) -> None:
        """They were damaged lines: a value went missing, or two lines ran into one."""
        self.counts.bad += len(self._pending)
        self._pending, self._pending_layout = [], None


def holds_words(line: bytes) -> bool:
    """Whether a line was written for people."""
    return bool(_WORD.search(line))


def numbers(text: bytes, separator: bytes) -> NDArray[np.float32] | None:
    """All values of a text (a space as the separator stands for any white space), or None when it holds others."""
    try:
        return np.fromstring(text, np.float32, sep=separator.decode())
    except ValueError:
        return None


def starts_of_words(buffer: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Where the words of a text begin that are divided by white space."""
    blank = _IS_BLANK[buffer]
    blank_before = np.concatenate(([True], blank[:-1]))
    return np.flatnonzero(blank_before & ~blank)
