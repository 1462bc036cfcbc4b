"""Delimited lines: one reading a line, values split by comma, semicolon, tab or spaces.

What most sketches print. A line of names ahead of the values names the channels (a unit may follow in
brackets); other text, such as a boot log, is counted and skipped. Whole blocks of lines are converted at once;
where a block does not hold what it should it is halved until the lines at fault are found, so a damaged line
costs a few conversions and never its neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.parser import MOST_CHANNELS, Counts, Rows, merged
from workbench.project.model import Channel

LONGEST_LINE = 8192  # bytes: 256 channels of 20 characters and more
_AGREE_AT_FIRST = 2  # lines of one shape that settle the first layout
_AGREE_TO_CHANGE = 8  # lines in a row that it takes to believe in another one
_SEPARATOR_WORDS = {b",": "comma", b";": "semicolon", b" ": "space or tab"}
_BLANKS = b" \t\r\v\f"
_IS_BLANK = np.zeros(256, np.bool_)
_IS_BLANK[list(_BLANKS + b"\n")] = True
# Two letters in a row make text of a line; nan and inf are what a sensor library prints for no value.
_WORD = re.compile(rb"(?i)\b(?!(?:nan|inf(?:inity)?|ovf)\b)[a-z]{2}")
_UNIT_LETTERS = r"\w °²³µμ%/^·.*-"
_NAME = re.compile(rf"(?P<name>[^\W\d][{_UNIT_LETTERS}]{{0,39}}?)\s*(?:[\[(](?P<unit>[{_UNIT_LETTERS}]{{0,16}})[\])])?")


@dataclass(frozen=True)
class _Shape:
    """What the values of a line are split by (a space stands for any white space), and how many there are."""

    separator: bytes
    count: int


class DelimitedLines:
    """A parser for delimited lines.

    With ``cut_start`` the first line of numbers is thrown away, since the port was opened in its middle: half a
    number looks like a number.
    """

    def __init__(self, *, cut_start: bool = True) -> None:
        self.counts = Counts()
        self.restart()
        self._cut_start = cut_start

    def restart(self) -> None:
        self._cut_start = True
        self._carry = b""
        self._overlong = False  # the rest of a line that was given up is on its way
        self._shape: _Shape | None = None
        self._channels: tuple[Channel, ...] = ()
        self._named = False
        self._headers: dict[int, tuple[Channel, ...]] = {}  # by the number of names
        self._pending: list[NDArray[np.float32]] = []  # readings of another shape, until it is clear why
        self._pending_shape: _Shape | None = None
        self._ready: list[Rows] = []

    @property
    def title(self) -> str:
        if self._shape is None or self._shape.count == 1:
            return "lines"
        return f"lines, {_SEPARATOR_WORDS[self._shape.separator]}"

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

    def finish(self) -> list[Rows]:
        if self._carry:
            self._block(self._carry + b"\n")
        if self._shape is None and self._pending:
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
        while block and self._shape is None:
            first, _, block = block.partition(b"\n")
            self._line(first)
        if self._shape is not None and self._shape.separator != b" ":
            trailing = self._shape.separator + b"\n"
            if trailing in block:
                block = block.replace(trailing, b"\n")
        if block:
            self._lines(block, np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")))

    def _lines(self, block: bytes, ends: NDArray[np.intp]) -> None:
        """Lines of a known layout, with the places of their ends; halved until a conversion succeeds."""
        if len(ends) == 1:
            self._line(block[:-1])
            return
        values = None if self._shape is None else _convert(block, ends, self._shape)
        if values is not None:
            self._give_up_pending()
            self._rows(values)
            return
        half = len(ends) // 2
        cut = int(ends[half - 1]) + 1
        self._lines(block[:cut], ends[:half])
        self._lines(block[cut:], ends[half:] - cut)

    def _rows(self, values: NDArray[np.float32]) -> None:
        self.counts.frames += len(values)
        self._ready.append(Rows(self._channels, values))

    # ---------------------------------------------------------------- single lines

    def _line(self, line: bytes) -> None:
        line = line.strip(_BLANKS)
        if not line:
            return
        found = None if len(line) > LONGEST_LINE else _reading(line)
        names = _header(line) if found is None else None
        if names or (found is None and _WORD.search(line)):
            self._text(line, names)
        elif self._cut_start:
            self._cut_start = False
        elif found is None:
            self._bad(line)
        elif not np.isfinite(found[1]).all():
            self.counts.not_finite += 1
            self._bad(line)
        else:
            self._values(*found)

    def _bad(self, line: bytes) -> None:
        self.counts.bad += 1
        self.counts.quote(line)

    def _text(self, line: bytes, names: tuple[Channel, ...] | None) -> None:
        self.counts.text += 1
        self.counts.quote(line)
        if names is None:
            return
        self._headers[len(names)] = names
        if self._shape is not None and not self._named and len(names) == self._shape.count:
            self._channels, self._named = names, True

    def _values(self, shape: _Shape, values: NDArray[np.float32]) -> None:
        """A reading: of the layout, or maybe the first of another one."""
        if shape == self._shape:
            self._give_up_pending()
            self._rows(values[np.newaxis])
            return
        if shape != self._pending_shape:
            self._give_up_pending()
            self._pending_shape = shape
        self._pending.append(values)
        enough = _AGREE_TO_CHANGE if self._shape else 1 if shape.count in self._headers else _AGREE_AT_FIRST
        if len(self._pending) >= enough:
            self._settle()

    def _settle(self) -> None:
        """The pending readings are the layout from now on."""
        assert self._pending_shape is not None  # noqa: S101 - there are pending readings
        self._shape = self._pending_shape
        names = self._headers.get(self._shape.count)
        self._named = names is not None
        self._channels = names or tuple(Channel(f"channel {n + 1}") for n in range(self._shape.count))
        self._rows(np.stack(self._pending))
        self._pending, self._pending_shape = [], None

    def _give_up_pending(self) -> None:
        """They were damaged lines: a value went missing, or two lines ran into one."""
        self.counts.bad += len(self._pending)
        self._pending, self._pending_shape = [], None


def _convert(block: bytes, ends: NDArray[np.intp], shape: _Shape) -> NDArray[np.float32] | None:
    """The values (lines, channels) of a block in which every line is a finite reading of this shape, else None."""
    buffer = np.frombuffer(block, np.uint8)
    if shape.separator == b" ":
        blank = _IS_BLANK[buffer]
        blank_before = np.concatenate(([True], blank[:-1]))
        marks = np.flatnonzero(blank_before & ~blank)  # where the values start
        marks_a_line = shape.count
        text = block
    else:
        marks = np.flatnonzero(buffer == shape.separator[0])
        marks_a_line = shape.count - 1
        text = block[:-1].replace(b"\n", shape.separator)
    if len(marks) != len(ends) * marks_a_line:
        return None
    grid = marks.reshape(len(ends), marks_a_line)
    if marks_a_line and ((grid[1:, 0] < ends[:-1]).any() or (grid[:, -1] > ends).any()):
        return None
    values = _numbers(text, shape.separator)
    if values is None or len(values) != len(ends) * shape.count or not np.isfinite(values).all():
        return None
    return values.reshape(len(ends), shape.count)


def _numbers(text: bytes, separator: bytes) -> NDArray[np.float32] | None:
    """All values of a text, or None when anything else stands in it."""
    try:
        return np.fromstring(text, np.float32, sep=separator.decode())
    except ValueError:
        return None


def _reading(line: bytes) -> tuple[_Shape, NDArray[np.float32]] | None:
    """The shape and the values of a line of nothing but numbers."""
    separator = _separator(line)
    if separator == b" ":
        count = len(line.split())
    else:
        line = line.rstrip(separator + _BLANKS)
        count = line.count(separator) + 1
    if not line or count > MOST_CHANNELS:
        return None
    values = _numbers(line, separator)
    if values is None or len(values) != count:
        return None
    return _Shape(separator if count > 1 else b" ", count), values


def _separator(line: bytes) -> bytes:
    return b";" if b";" in line else b"," if b"," in line else b" "


def _header(line: bytes) -> tuple[Channel, ...] | None:
    """The channels a line names: at least two different names, since one word alone may be anything."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    separator = next((one for one in ";,\t" if one in text), None)
    words = [word.strip(" \t\"'") for word in text.rstrip(";, \t").split(separator)]
    matches = [_NAME.fullmatch(word) for word in words[: MOST_CHANNELS + 1]]
    channels = tuple(Channel(match["name"], match["unit"] or "") for match in matches if match)
    distinct = len({channel.name for channel in channels}) == len(words)
    return channels if distinct and 2 <= len(words) <= MOST_CHANNELS else None
