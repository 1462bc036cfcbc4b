"""The times that a format carries, through one stretch without a gap: where they jump, readings are missing."""

from __future__ import annotations

import numpy as np

from workbench.capture.rate import Rate, RateFit
from workbench.capture.wire.parser import Rows

_SHORTEST_GAP_S = 0.1
_PERIODS_IN_A_GAP = 10
_POINTS_OF_A_READ = 16  # of the rows of one read, that the line is fitted to
_REFIT_S = 0.25
_ANOTHER_RATE_S = 0.5  # how far an even beat may be off before the rate is another one


class DeviceClock:
    """Follows the clock behind ``Rows.device_s``; rows without one leave it as it is."""

    def __init__(self) -> None:
        self.rate: Rate | None = None
        self._fit: RateFit | None = None
        self._count = 0
        self._last_s: float | None = None
        self._refit_at_s = -np.inf

    def jumps(self, rows: Rows) -> list[tuple[int, float]]:
        """The places of the rows ahead of which readings are missing, and the step in s: a fall is a new start."""
        if rows.device_s is None or not len(rows):
            return []
        first = rows.device_s[0] if self._last_s is None else self._last_s
        steps = np.diff(rows.device_s, prepend=first)
        tolerance = max(_SHORTEST_GAP_S, rows.clock.lateness_s)
        falls = steps < -tolerance
        if self.rate is None:  # a slow board is no board with gaps
            places = np.flatnonzero(falls)
        else:
            places = np.flatnonzero(falls | (steps > max(tolerance, _PERIODS_IN_A_GAP / self.rate.hz)))
        return [(int(place), float(steps[place])) for place in places]

    def add(self, rows: Rows, *, lost: int = 0) -> bool:
        """Take in further rows, ``lost`` more came damaged; whether the board has just changed its rate."""
        if rows.device_s is None or not len(rows):
            return False
        if self._fit is None:
            self._fit = RateFit(rows.clock)
        self._count += lost if self._count else 0
        add_rows(self._fit, rows, self._count)
        self._count += len(rows)
        self._last_s = float(rows.device_s[-1])
        changed = self._is_another_rate(rows)
        if changed:
            self.rate, self._fit = None, RateFit(rows.clock)
        if self.rate is None or self._last_s >= self._refit_at_s:
            self.rate = self._fit.rate()
            self._refit_at_s = self._last_s + _REFIT_S
        return changed

    def _is_another_rate(self, rows: Rows) -> bool:
        if self.rate is None or self._last_s is None:
            return False
        off_s = abs(self.rate.time_of(self._count) - self._last_s)
        return off_s > max(_ANOTHER_RATE_S, rows.clock.lateness_s, _PERIODS_IN_A_GAP / self.rate.hz)


def add_rows(fit: RateFit, rows: Rows, before: int) -> None:
    """Some of the rows as points of a line: ``before`` readings came ahead of them."""
    assert rows.device_s is not None  # noqa: S101 - asked for by whoever has them
    for place in np.unique(np.linspace(0, len(rows) - 1, _POINTS_OF_A_READ).astype(np.intp)):
        fit.add(before + int(place) + 1, float(rows.device_s[place]))
