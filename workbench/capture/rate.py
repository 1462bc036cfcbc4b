"""The sampling rate of a stream from the times of its readings, by whatever clock, and how sure that is.

A time stamp per reading would bunch: the operating system hands bytes over in lumps of up to a second. The
count of readings is exact, though, and lateness averages out, so the rate is the slope of a straight line
through (readings so far, time of the newest).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from workbench.capture.clock import COMPUTER, Clock

_MOST_POINTS = 4096
_FEWEST_POINTS = 6
_SHORTEST_S = 1.0
_SHORTEST_EVEN_S = 0.05  # by a clock that is read when it should be


@dataclass(frozen=True)
class Rate:
    """Readings a second by a clock, with the half width of the 95 % interval.

    ``jitter_s`` is the root mean square distance of the times from an even beat, which had reading number 0 at
    ``start_s``.
    """

    hz: float
    plus_minus_hz: float
    jitter_s: float
    start_s: float
    clock: Clock = COMPUTER

    def time_of(self, reading: int) -> float:
        """When a reading, counted from 1, came by the even beat."""
        return self.start_s + reading / self.hz


class RateFit:
    """A line through the readings of a stretch without gaps, in bounded memory."""

    def __init__(self, clock: Clock = COMPUTER) -> None:
        self._clock = clock
        self._points = np.empty((_MOST_POINTS, 2))  # readings so far, time in s
        self._count = 0
        self._keep_every = 1
        self._seen = 0

    def add(self, readings: int, time_s: float) -> None:
        """Note that at ``time_s`` there were ``readings`` in all; reads without a new reading tell nothing."""
        self._seen += 1
        if self._seen % self._keep_every:
            return
        if self._count == _MOST_POINTS:
            self._points[: _MOST_POINTS // 2] = self._points[::2]
            self._count //= 2
            self._keep_every *= 2
        self._points[self._count] = readings, time_s
        self._count += 1

    def rate(self) -> Rate | None:
        """The rate, or None while too little has come to know it.

        Least squares of time on count (the error is in the time). Lateness comes in runs, so that not every point
        tells something new: n of them are worth n (1 - r) / (1 + r), r the lag-1 correlation of the residuals (the
        usual effective sample size of an AR(1) series). Residuals of a fitted line make r look smaller than it is,
        by (2 + 4 r) / n (Marriott and Pope 1954, for a line in place of a mean).
        """
        if self._count < _FEWEST_POINTS:
            return None
        readings, times = self._points[: self._count, 0], self._points[: self._count, 1]
        duration = float(times[-1] - times[0])
        if duration < (_SHORTEST_S if self._clock.lateness_s else _SHORTEST_EVEN_S):
            return None
        x = readings - readings.mean()
        y = times - times.mean()
        spread = float(x @ x)
        period = float(x @ y) / spread
        if period <= 0:
            return None
        residuals = y - period * x
        squares = float(residuals @ residuals)
        correlation = float(residuals[:-1] @ residuals[1:]) / squares if squares > 0 else 0.0
        correlation = min(max(correlation + (2 + 4 * correlation) / self._count, 0.0), 0.99)
        freedom = max(self._count * (1 - correlation) / (1 + correlation) - 2, 1.0)
        error = math.sqrt(squares / freedom / spread)
        # Student's 97.5 % point: to two digits for 4 or more degrees of freedom, to a tenth for 2.
        relative = (1.96 + 2.4 / freedom + 3.2 / freedom**2) * error / period
        relative = max(relative, self._clock.step_s / duration)  # no line is better than its end points
        hz = 1 / period
        start = float(times.mean() - period * readings.mean())
        return Rate(hz, hz * relative, math.sqrt(squares / self._count), start, self._clock)
