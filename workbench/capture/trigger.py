"""What starts a take by itself: one channel crossing a level, as on an oscilloscope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.parser import Rows
from workbench.project.model import Channel
from workbench.quantities import quantity

Edge = Literal["above", "below", "beyond"]


@dataclass(frozen=True)
class Trigger:
    """A channel goes above a level, below it, or beyond it on either side of zero.

    The take begins ``before_s`` ahead of that. Only a crossing counts: a signal that stays beyond the level fires
    once.
    """

    channel: str
    level: float
    edge: Edge = "above"
    before_s: float = 0.0

    @property
    def words(self) -> str:
        """Such as ``ax above 1.5``."""
        return f"{self.channel} {self.edge} {self.level:g}"

    def column(self, channels: tuple[Channel, ...]) -> int | None:
        """The place of the channel, None when there is none of its name."""
        return next((place for place, channel in enumerate(channels) if channel.name == self.channel), None)

    def is_beyond(self, values: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of the ``values`` (n,) lie where the crossing leads."""
        if self.edge == "below":
            return values < self.level
        return (np.abs(values) if self.edge == "beyond" else values) > self.level

    def crossing(self, values: NDArray[np.float32], previous: float | None, first: int = 0) -> int | None:
        """The first row from ``first`` on at which the channel's ``values`` (n,) cross; ``previous`` came before them.

        None when they do not.
        """
        line = np.concatenate((values[:1] if previous is None else np.array([previous], np.float32), values))
        beyond = self.is_beyond(line)
        found = np.flatnonzero(beyond[1:] & ~beyond[:-1])
        found = found[found >= first]
        return int(found[0]) if len(found) else None


class Watch:
    """Looks out for a trigger, and tells how far the signal is from it."""

    def __init__(self, trigger: Trigger) -> None:
        self.trigger = trigger
        self._unit = ""
        self._last: np.float32 | None = None
        self._nearest: np.float32 | None = None  # to the level, of all that came before a crossing

    def look(self, rows: Rows, first: int) -> int | None:
        """The first of ``rows``, from number ``first`` on, at which the channel crosses; None when none does."""
        column = self.trigger.column(rows.channels)
        if column is None or not len(rows):
            return None
        values = rows.values[:, column]
        found = self.trigger.crossing(values, None if self._last is None else float(self._last), first)
        self._unit = rows.channels[column].unit
        self._last = values[-1]
        self._nearest = self._of_both(self._extreme(values), self._nearest)
        return found

    def _extreme(self, values: NDArray[np.float32]) -> np.float32:
        if self.trigger.edge == "beyond":
            return np.float32(np.abs(values).max())
        return np.float32(values.min() if self.trigger.edge == "below" else values.max())

    def _of_both(self, one: np.float32, other: np.float32 | None) -> np.float32:
        return one if other is None else self._extreme(np.array([one, other], np.float32))

    def forget(self) -> None:
        """What comes next does not follow what came."""
        self._last = None

    @property
    def words(self) -> str:
        """What is awaited, and where the channel is now and has been."""
        trigger = self.trigger
        awaited = f"waiting for {trigger.words}{f' {self._unit}' if self._unit else ''}"
        if self._last is None or self._nearest is None:
            return awaited
        now = f"it is {quantity(float(self._last), self._unit)} now"
        if bool(trigger.is_beyond(np.array([self._last]))[0]):
            return f"{awaited}: {now}, {trigger.edge} it already; only a crossing counts"
        most = {"above": "at most ", "below": "at least ", "beyond": "at most ±"}[trigger.edge]
        return f"{awaited}: {now}, {most}{quantity(float(self._nearest), self._unit)} so far"
