"""The end of a take of fixed length: counted in readings, so that it is as exact as the rate is known."""

from __future__ import annotations

from collections.abc import Callable

from workbench.capture.rate import Rate

_OVERTIME_S = 1.0  # a take in which too little comes goes on so much longer at most,
_KNOWN = 0.05  # a rate that may be further off is worse than the clock for the length of a take
_OVERTIME = 0.1  # or by this part of its length: so far off a board's clock is believed to be


class TakeLength:
    """Ends a take after ``seconds``. Damaged readings, and those that a gap has swallowed, took their time too."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self.ran_out = False  # of time, before enough had come
        self.seconds = seconds
        self._before, self._before_s = 0, 0.0  # what stands ahead of the trigger
        self._rate: Rate | None = None  # the newest that was known
        self._readings = 0
        self._began_s: float | None = None
        self._last_s = 0.0
        self._after_gap = False

    def keep_before(self, rows: int, rate: Rate) -> None:
        """So many rows stand ahead of what begins the take."""
        self._before, self._before_s = rows, rows / rate.hz

    def room(self, rows: int, lost: int, read_s: float, rate: Rate | None, fitted: Callable[[], Rate | None]) -> int:
        """How many of ``rows`` that were read at ``read_s`` belong to the take; ``lost`` more came damaged.

        ``rate`` is the stream's; near the end ``fitted`` counts, the one that the recording would have if it ended
        now. As long as nobody knows the rate well, the take ends by the clock.
        """
        if self._began_s is None:
            self._began_s, lost = read_s, 0  # nobody misses what came damaged ahead of the take
        if rate is not None and rate.plus_minus_hz < _KNOWN * rate.hz:
            self._rate = rate
        if self._after_gap and self._rate is not None:
            lost = max(lost, round((read_s - self._last_s) * self._rate.hz) - rows)
        self._after_gap, self._last_s = False, read_s
        self._readings += lost
        if self._rate is None:
            left = rows + 1 if read_s - self._began_s < self._before_s + self.seconds else 0
        else:
            left = self._left(self._rate)
            if left <= rows and self._rate is rate:
                left = self._left(fitted() or rate)
        self.over = left <= rows
        taken = max(0, min(rows, left))
        self._readings += taken
        return taken

    def _left(self, rate: Rate) -> int:
        return self._before + max(1, round(self.seconds * rate.hz)) - self._readings

    def gap(self) -> None:
        """Readings are missing ahead of what comes next."""
        self._after_gap = self._began_s is not None

    def look(self, now_s: float) -> None:
        """Call often: a take to which too little comes, or nothing any more, ends some time after its length."""
        if self._began_s is not None:
            overtime_s = max(_OVERTIME_S, _OVERTIME * self.seconds)
            self.ran_out = not self.over and now_s - self._began_s > self._before_s + self.seconds + overtime_s
            self.over |= self.ran_out
