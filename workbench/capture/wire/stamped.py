"""Lines with the time of day in front, as a development environment's monitor writes them into a log.

``13:38:49.016 -> 0.1,0.2``: behind the arrow stand delimited or labelled lines. The stamps tell when another program
read the line, not when the board took the reading: good for a rate over many readings, and all there is in a log.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire import delimited, labelled
from workbench.capture.wire.delimited import DelimitedLines
from workbench.capture.wire.labelled import LabelledLines
from workbench.capture.wire.lines import LONGEST_LINE, holds_words
from workbench.capture.wire.parser import Rows, WireParser, merged
from workbench.project.model import Channel

STAMP = re.compile(rb"\d\d:\d\d:\d\d[.,]\d{3} -> ")
_WIDTH = 16
_DIGITS = (0, 1, 3, 4, 6, 7, 9, 10, 11)
_POINT = 8
_SECONDS = (36_000, 3_600, 600, 60, 10, 1, 0.1, 0.01, 0.001)  # that a one at each digit stands for
_DAY_S = 86_400.0
_MARKS = ((2, b":"), (5, b":"), (12, b" "), (13, b"-"), (14, b">"), (15, b" "))


class StampedLines(WireParser):
    """A parser for stamped lines; what stands behind the stamps is found out at the first of them."""

    def __init__(self, *, cut_start: bool = True) -> None:
        self._inner: DelimitedLines | LabelledLines = DelimitedLines(cut_start=cut_start)
        self.counts = self._inner.counts
        self._begin(cut_start)

    def _begin(self, cut_start: bool) -> None:
        self._carry = b""
        self._overlong = False
        self._first_line = cut_start  # may lack the front of its stamp
        self._settled = False
        self._days_s = 0.0  # of the midnights so far
        self._last_s: float | None = None

    @property
    def title(self) -> str:
        return f"{self._inner.title}, time stamped"

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._inner.channels

    def restart(self) -> None:
        self._inner = DelimitedLines()
        self._inner.counts = self.counts
        self._begin(True)

    def finish(self) -> list[Rows]:
        rows = self.feed(b"\n") if self._carry else []
        rows += self._inner.finish()
        self.restart()
        return rows

    def feed(self, data: bytes) -> list[Rows]:
        whole, _, rest = data.rpartition(b"\n") if b"\n" in data else (b"", b"", data)
        rows: list[Rows] = []
        if len(rest) < len(data):
            block = self._carry + whole + b"\n"
            self._carry = b""
            if self._overlong:
                self._overlong = False
                block = block[block.index(b"\n") + 1 :]
            rows = self._lines(block)
        if not self._overlong:
            self._carry += rest
            if len(self._carry) > LONGEST_LINE:
                self._bad(self._carry)
                self._carry, self._overlong = b"", True
        return rows

    def _lines(self, block: bytes) -> list[Rows]:
        if self._first_line and block:
            first, _, rest = block.partition(b"\n")
            self._first_line = False
            block = block if STAMP.match(first) else rest
        found = _divided(block)
        if found is None:
            found = self._one_by_one(block)
        text, stamps = found
        return self._behind_stamps(text, self._since_first_midnight(stamps)) if text else []

    def _one_by_one(self, block: bytes) -> tuple[bytes, NDArray[np.float64]]:
        """What stands behind the stamps of the lines that have one, and the stamps."""
        texts: list[bytes] = []
        stamps: list[float] = []
        for line in block.split(b"\n"):
            if STAMP.match(line):
                text = line[_WIDTH:] + b"\n"
                if text.strip():
                    texts.append(text)
                    stamps.append(float(_seconds(np.frombuffer(line, np.uint8), np.zeros(1, np.intp))[0]))
            elif holds_words(line):
                self.counts.text += 1
                self.counts.quote(line)
            elif line.strip():
                self._bad(line)
        return b"".join(texts), np.array(stamps)

    def _since_first_midnight(self, stamps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Times of day as times that do not start anew each day."""
        before = np.concatenate(([stamps[0] if self._last_s is None else self._last_s], stamps[:-1]))
        days = self._days_s + _DAY_S * np.cumsum(stamps - before < -_DAY_S / 2)
        self._last_s, self._days_s = float(stamps[-1]), float(days[-1])
        return np.asarray(stamps + days)

    def _bad(self, line: bytes) -> None:
        self.counts.bad += 1
        self.counts.quote(line)

    def _behind_stamps(self, text: bytes, stamps: NDArray[np.float64]) -> list[Rows]:
        rows: list[Rows] = []
        while text and not self._settled:
            line, _, text = text.partition(b"\n")
            self._settle(line.strip())
            rows += self._inner.feed_stamped(line + b"\n", stamps[:1])
            stamps = stamps[1:]
        return merged(rows + self._inner.feed_stamped(text, stamps)) if text else rows

    def _settle(self, line: bytes) -> None:
        """The first reading decides what kind of lines these are."""
        if len(line) > LONGEST_LINE:
            return
        if labelled.reading(line):
            self._inner = LabelledLines(cut_start=False)
            self._inner.counts = self.counts
            self._settled = True
        elif delimited.reading(line):
            self._settled = True


def _divided(block: bytes) -> tuple[bytes, NDArray[np.float64]] | None:
    """Lines without their stamps, and the stamps in s since midnight; None unless every line has one and more."""
    buffer = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(buffer == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    if not len(ends) or (ends - starts <= _WIDTH).any() or (buffer[starts + _WIDTH] <= ord(" ")).any():
        return None
    if not all((buffer[starts + at] == mark[0]).all() for at, mark in _MARKS):
        return None
    if not np.isin(buffer[starts + _POINT], list(b".,")).all():
        return None
    if not all(((buffer[starts + at] >= ord("0")) & (buffer[starts + at] <= ord("9"))).all() for at in _DIGITS):
        return None
    keep = np.ones(len(buffer), np.bool_)
    keep[(starts[:, np.newaxis] + np.arange(_WIDTH)).ravel()] = False
    return buffer[keep].tobytes(), _seconds(buffer, starts)


def _seconds(buffer: NDArray[np.uint8], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """The stamps that begin at ``starts`` (n,), in s since midnight (n,)."""
    digits = buffer[starts[:, np.newaxis] + np.array(_DIGITS)].astype(np.float64) - ord("0")
    return np.asarray(digits @ np.array(_SECONDS))
