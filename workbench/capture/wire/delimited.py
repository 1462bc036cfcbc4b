"""Delimited lines: one reading a line, values split by comma, semicolon, tab or spaces.

What most sketches print. A line of names ahead of the values names the channels (a unit may follow in
brackets); other text, such as a boot log, is counted and skipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.lines import BLANKS, LONGEST_LINE, LineParser, numbers, starts_of_words
from workbench.capture.wire.names import named_channel
from workbench.capture.wire.parser import MOST_CHANNELS, numbered_channels
from workbench.project.model import Channel

__all__ = ["LONGEST_LINE", "DelimitedLines"]

_AGREE = 2  # lines of one shape that settle the first layout when no header has named as many channels
SEPARATORS = {"comma": b",", "semicolon": b";", "blank": b" "}  # a blank is any white space
_SEPARATOR_WORDS = {b",": "comma", b";": "semicolon", b" ": "space or tab"}


@dataclass(frozen=True)
class _Shape:
    """What the values of a line are split by (a space stands for any white space), and how many there are."""

    separator: bytes
    count: int


class DelimitedLines(LineParser[_Shape]):
    """A parser for delimited lines; with a ``separator`` of SEPARATORS for no others."""

    def __init__(self, *, cut_start: bool = True, separator: bytes | None = None) -> None:
        self._separator = separator
        super().__init__(cut_start=cut_start)

    def restart(self) -> None:
        super().restart()
        self._named = False
        self._headers: dict[int, tuple[Channel, ...]] = {}  # by the number of names

    @property
    def title(self) -> str:
        if self._layout is None or self._layout.count == 1:
            return "lines"
        return f"lines, {_SEPARATOR_WORDS[self._layout.separator]}"

    def _lines_to_settle(self, layout: _Shape) -> int:
        return 1 if layout.count in self._headers else _AGREE

    def _channels_of(self, layout: _Shape) -> tuple[Channel, ...]:
        names = self._headers.get(layout.count)
        self._named = names is not None
        return names or numbered_channels(layout.count)

    def _is_text(self, line: bytes) -> bool:
        return super()._is_text(line) or header(line) is not None

    def _text(self, line: bytes) -> None:
        super()._text(line)
        names = header(line)
        if names is None:
            return
        self._headers[len(names)] = names
        if self._layout is None or self._named or len(names) != self._layout.count:
            return
        if self._layout.separator == b" " or self._layout.separator in line:  # else two words are a remark
            self._channels, self._named = names, True

    def _tidy(self, block: bytes) -> bytes:
        if self._layout is not None and self._layout.separator != b" ":
            trailing = self._layout.separator + b"\n"
            if trailing in block:
                return block.replace(trailing, b"\n")
        return block

    def _reading(self, line: bytes) -> tuple[_Shape, NDArray[np.float32]] | None:
        return reading(line, self._separator)

    def _convert(self, block: bytes, ends: NDArray[np.intp], layout: _Shape) -> NDArray[np.float32] | None:
        buffer = np.frombuffer(block, np.uint8)
        if layout.separator == b" ":
            marks = starts_of_words(buffer)
            marks_a_line = layout.count
            text = block
        else:
            marks = np.flatnonzero(buffer == layout.separator[0])
            marks_a_line = layout.count - 1
            text = block[:-1].replace(b"\n", layout.separator)
        if len(marks) != len(ends) * marks_a_line:
            return None
        grid = marks.reshape(len(ends), marks_a_line)
        if marks_a_line and ((grid[1:, 0] < ends[:-1]).any() or (grid[:, -1] > ends).any()):
            return None
        values = numbers(text, layout.separator)
        if values is None or len(values) != len(ends) * layout.count or not np.isfinite(values).all():
            return None
        return values.reshape(len(ends), layout.count)


def reading(line: bytes, separator: bytes | None = None) -> tuple[_Shape, NDArray[np.float32]] | None:
    """The shape and the values of a line of nothing but numbers, with this separator between them, or any."""
    if separator is None:
        separator = b";" if b";" in line else b"," if b"," in line else b" "
    if separator == b" ":
        count = len(line.split())
    else:
        line = line.rstrip(separator + BLANKS)
        count = line.count(separator) + 1
    if not line or count > MOST_CHANNELS:
        return None
    values = numbers(line, separator)
    if values is None or len(values) != count:
        return None
    return _Shape(separator if count > 1 else b" ", count), values


def header(line: bytes) -> tuple[Channel, ...] | None:
    """The channels a line names: at least two different names, since one word alone may be anything."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    separator = next((one for one in ";,\t" if one in text), None)
    words = [word.strip(" \t\"'") for word in text.rstrip(";, \t").split(separator)]
    channels = tuple(filter(None, map(named_channel, words[: MOST_CHANNELS + 1])))
    distinct = len({channel.name for channel in channels}) == len(words)
    return channels if distinct and 2 <= len(words) <= MOST_CHANNELS else None
