"""A column of a line that is the board's own clock: ``millis(),ax,ay,az``.

It is one when its name says both what it is and its unit, such as ``time (ms)``, ``t_us`` or ``millis``, or when
somebody says that the first column is one. A name without a unit proves nothing: it stays a channel, as a column
without a name does. Values pass through float32: exact to 16.7 million steps, and to one in 16.7 million beyond.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.parser import Rows
from workbench.project.model import Channel

AUTO, NONE = "auto", "none"
SCALES = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
CHOICES = (AUTO, NONE, *SCALES)

_CLOCKS = frozenset({"t", "time", "timestamp", "ts", "clock", "uptime", "elapsed"})
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("ms", "msec", "milli", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("us", "µs", "μs", "usec", "micro", "micros", "microsecond", "microseconds"), "us"),
}
_ALONE = frozenset({"millis", "milliseconds", "ms", "micros", "microseconds", "us"})  # clocks without another word
_WORDS = re.compile(r"[\s_.-]+")
_TURN = float(1 << 32)  # where the counter of a microcontroller goes round
_NEAR = 0.01  # of a turn


def unit_of(channel: Channel) -> str | None:
    """The unit of the clock that a channel's name means; None when it means none, or does not say the unit."""
    words = _WORDS.split(channel.name.lower())
    if len(words) == 1 and words[0] in _ALONE:
        return _UNITS[words[0]]
    if words[0] not in _CLOCKS:
        return None
    said = channel.unit.lower() if channel.unit else words[-1]
    return _UNITS.get(said) if len(words) <= 2 else None


class TimeColumn:
    """Takes the column out of the readings and makes it their time. ``choice`` is one of CHOICES."""

    def __init__(self, choice: str) -> None:
        self._choice = choice
        self._seen: tuple[Channel, ...] = ()
        self._found: tuple[int, float] | None = None  # its place, and the seconds of a step
        self._rest: tuple[Channel, ...] = ()
        self._turns = 0
        self._last = 0.0

    def take(self, rows: Rows) -> Rows:
        """The readings without their time column; as they are where there is none, or the format has a clock."""
        if rows.device_s is not None or self._choice == NONE or not len(rows):
            return rows
        if rows.channels != self._seen:
            self._look(rows.channels)
        if self._found is None:
            return rows
        place, step_s = self._found
        times = self._unwrapped(rows.values[:, place].astype(np.float64)) * step_s
        values = np.delete(rows.values, place, axis=1)
        return dataclasses.replace(rows, channels=self._rest, values=values, device_s=times)

    def _look(self, channels: tuple[Channel, ...]) -> None:
        self._seen = channels
        self._found, self._turns, self._last = self._place(channels), 0, 0.0
        if self._found is not None:
            place = self._found[0]
            self._rest = channels[:place] + channels[place + 1 :]

    def _place(self, channels: Sequence[Channel]) -> tuple[int, float] | None:
        if len(channels) < 2:  # a clock alone measures nothing
            return None
        if self._choice in SCALES:
            return 0, SCALES[self._choice]
        named = [(place, unit) for place, unit in enumerate(map(unit_of, channels)) if unit is not None]
        return (named[0][0], SCALES[named[0][1]]) if len(named) == 1 else None

    def _unwrapped(self, ticks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ticks (n,) of a counter of 32 bits that go on where it goes round; any other fall is a new start."""
        before = np.concatenate(([self._last], ticks[:-1]))
        turned = (before > _TURN * (1 - _NEAR)) & (ticks < _TURN * _NEAR)
        turns = self._turns + np.cumsum(turned)
        self._last, self._turns = float(ticks[-1]), int(turns[-1])
        return np.asarray(ticks + turns * _TURN)
