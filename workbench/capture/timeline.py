"""Even times for readings that arrive in lumps, and where readings are missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.capture.rate import Rate, RateFit

_REFIT_S = 0.25
_SHORTEST_GAP_S = 0.5
_PERIODS_IN_A_GAP = 10
_JITTERS_IN_A_GAP = 6  # a board that sends in bursts of P seconds has a jitter of P / √12


class Timeline:
    """The readings of one stretch without a gap, at one rate."""

    def __init__(self) -> None:
        self.rate: Rate | None = None
        self._fit = RateFit()
        self._refit_at = -np.inf
        self._count = 0
        self._read_s = -np.inf  # when the last readings were read
        self._last_s = -np.inf  # the time given to the last reading

    def gap_before(self, count: int, read_s: float, *, explained: bool = False) -> bool:
        """Whether readings are missing before the ``count`` new ones, which were read at ``read_s``.

        A silence is a gap when it is out of the ordinary for this stream and what was held back does not follow it.
        One that is ``explained``, by the boot text that came in it, need not be as long.
        """
        if self.rate is None:
            return False
        silence = read_s - self._read_s
        return silence > self.tolerance(0.0 if explained else _SHORTEST_GAP_S) and count < 0.5 * silence * self.rate.hz

    def tolerance(self, shortest_s: float = _SHORTEST_GAP_S) -> float:
        """How far in s the readings may be from an even beat."""
        assert self.rate is not None  # noqa: S101 - asked only when the rate is known
        return max(shortest_s, _PERIODS_IN_A_GAP / self.rate.hz, _JITTERS_IN_A_GAP * self.rate.jitter_s)

    def add(self, count: int, read_s: float, *, lost: int = 0) -> NDArray[np.float64]:
        """Times in seconds for ``count`` more readings that were read at ``read_s``: never falling, evenly spread.

        ``lost`` more came damaged: they took their time too.
        """
        self._count += count + (lost if self._count else 0)  # nobody knows what was lost before the first
        self._read_s = read_s
        self._fit.add(self._count, read_s)
        if read_s >= self._refit_at:
            self.rate = self._fit.rate()
            self._refit_at = read_s + _REFIT_S
        end = read_s if self.rate is None else self.rate.time_of(self._count)
        if self.rate is not None and abs(end - read_s) > self.tolerance():
            self._learn_anew()
            end = read_s
        end = max(end, self._last_s)
        step = (end - self._last_s) / count if np.isfinite(self._last_s) else 0.0
        if self.rate is not None:
            step = min(step, 1 / self.rate.hz)
        self._last_s = end
        return end - step * np.arange(count - 1, -1, -1, dtype=np.float64)

    def _learn_anew(self) -> None:
        """The board has changed its rate."""
        self.rate, self._fit = None, RateFit()
        self._fit.add(self._count, self._read_s)
