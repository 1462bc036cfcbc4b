"""The part of an axis that is in view."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """``low`` to ``high`` of an axis that runs from ``first`` to ``last``; never shorter than ``least``."""

    first: float
    last: float
    least: float
    low: float
    high: float

    @classmethod
    def whole(cls, first: float, last: float, least: float) -> Span:
        """All of an axis."""
        return cls(first, last, min(least, last - first), first, last)

    @property
    def length(self) -> float:
        return self.high - self.low

    @property
    def is_whole(self) -> bool:
        """Whether all of the axis is in view."""
        return self.low <= self.first and self.high >= self.last

    def all(self) -> Span:
        """The same axis, all of it in view."""
        return dataclasses.replace(self, low=self.first, high=self.last)

    def zoomed(self, factor: float, around: float) -> Span:
        """``factor`` times as much in view, with ``around`` staying where it is."""
        length = min(max(self.length * factor, self.least), self.last - self.first)
        share = (around - self.low) / self.length if self.length else 0.5
        return self._at(around - share * length, length)

    def moved(self, by: float) -> Span:
        """Shifted, as far as the axis goes."""
        return self._at(self.low + by, self.length)

    def showing(self, low: float, high: float, margin: float = 0.0) -> Span:
        """From ``low`` to ``high``, with a share of that as margin on both sides."""
        room = (high - low) * margin
        length = min(max(high - low + 2 * room, self.least), self.last - self.first)
        return self._at((low + high - length) / 2, length)

    def reaching(self, low: float, high: float) -> Span:
        """Moved as little as it takes to have ``low`` to ``high`` in view."""
        if high - low >= self.length:
            return self._at((low + high - self.length) / 2, self.length)
        return self.moved(min(0.0, low - self.low) or max(0.0, high - self.high))

    def _at(self, low: float, length: float) -> Span:
        low = min(max(low, self.first), self.last - length)
        return dataclasses.replace(self, low=low, high=low + length)
