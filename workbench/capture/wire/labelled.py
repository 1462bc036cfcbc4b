"""Labelled lines, as serial plotters read them: ``ax:0.1,ay:-2`` or ``ax: 0.1<tab>ay: -2``, one reading a line.

Values without a label may stand among the labelled ones. Other text is counted and skipped.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.lines import LineParser, numbers, starts_of_words
from workbench.capture.wire.names import named_channel
from workbench.capture.wire.parser import MOST_CHANNELS
from workbench.project.model import Channel

_AGREE = 2  # lines with the same labels that settle the first layout
_PAIR = re.compile(
    rb"[ \t]*(?:(?P<label>[A-Za-z_\x80-\xff][^:,;\t]{0,59}?) *:[ \t]*)?"
    rb"(?P<value>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?|(?i:[+-]?(?:nan|inf(?:inity)?|ovf)))[ \t]*(?:[,; \t]|$)"
)
_BLANK = ord(" ")
_BEFORE_LABELS = np.zeros(256, np.bool_)
_BEFORE_LABELS[list(b" \t\n,;")] = True
_SEPARATORS_TO_BLANKS = bytes.maketrans(b",;", b"  ")

_Labels = tuple[bytes, ...]


class LabelledLines(LineParser[_Labels]):
    """A parser for labelled lines."""

    @property
    def title(self) -> str:
        return "label:value lines"

    def _lines_to_settle(self, layout: _Labels) -> int:
        return _AGREE

    def _channels_of(self, layout: _Labels) -> tuple[Channel, ...]:
        words = [label.decode("utf-8", "replace") for label in layout]
        return tuple(
            (named_channel(word) or Channel(word[:40])) if word else Channel(f"channel {number}")
            for number, word in enumerate(words, start=1)
        )

    def _is_text(self, line: bytes) -> bool:
        labels = self._layout or self._pending_layout or ()
        meant_as_reading = any(label and label + b":" in line for label in labels)
        return not meant_as_reading and super()._is_text(line)

    def _reading(self, line: bytes) -> tuple[_Labels, NDArray[np.float32]] | None:
        return reading(line)

    def _convert(self, block: bytes, ends: NDArray[np.intp], layout: _Labels) -> NDArray[np.float32] | None:
        """Every label must stand before its own colon; then blanks take its place and numbers are left."""
        buffer = np.frombuffer(block, np.uint8)
        colons = np.flatnonzero(buffer == ord(":"))
        if len(colons) != len(ends) * len(layout):
            return None
        grid = colons.reshape(len(ends), len(layout))
        blanked = buffer.copy()
        blanked[colons] = _BLANK
        for at, label in zip(grid.T, layout, strict=True):
            starts = at - len(label)
            if not label or starts[0] < 0 or not _BEFORE_LABELS[buffer[starts[starts > 0] - 1]].all():
                return None
            for offset, letter in enumerate(label):
                if (buffer[starts + offset] != letter).any():
                    return None
                blanked[starts + offset] = _BLANK
        text = blanked.tobytes().translate(_SEPARATORS_TO_BLANKS)
        words = starts_of_words(np.frombuffer(text, np.uint8))
        limits = np.append(colons[1:], len(block))  # a value lies between its colon and the next label's
        limits.reshape(grid.shape)[:, -1] = ends
        if len(words) != len(colons) or (words < colons).any() or (words > limits).any():
            return None
        values = numbers(text, b" ")
        if values is None or len(values) != len(colons) or not np.isfinite(values).all():
            return None
        return values.reshape(grid.shape)


def reading(line: bytes) -> tuple[_Labels, NDArray[np.float32]] | None:
    """The labels (b"" where there is none) and the values of a line with at least one label."""
    labels: list[bytes] = []
    values: list[float] = []
    at = 0
    while at < len(line):
        match = _PAIR.match(line, at)
        if match is None or len(labels) == MOST_CHANNELS:
            return None
        labels.append(match["label"] or b"")
        values.append(float(b"nan" if match["value"].lower().endswith(b"ovf") else match["value"]))
        at = match.end()
    named = [label for label in labels if label]
    if not named or len(set(named)) != len(named):
        return None
    with np.errstate(over="ignore"):  # what is too large becomes inf, and is counted as such
        return tuple(labels), np.array(values, np.float32)
