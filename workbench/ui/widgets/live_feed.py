"""What a live view draws from: the ring of the capture process, its peaks over minutes, and a held moment."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.capture.ring import RING_BYTES, News, Place
from workbench.ui.widgets.peak_history import BLOCK_ROWS, PeakHistory

Rows = tuple[NDArray[np.float64], NDArray[np.float32]]  # times (n,) in seconds, values (n, channels)

_MOST_VALUES = 400_000  # drawn from the readings themselves; beyond that their peaks are drawn
_UNKNOWN_RATE_HZ = 1000.0  # assumed for how much to fetch while the rate is not known yet
_ALL = 1 << 62


class Readings(Protocol):
    """The part of a capture session that is looked at."""

    def since(self, place: Place | None, most: int) -> News: ...


class LiveFeed:
    """Follows a capture. While it is held it shows what there was at that moment; recording goes on meanwhile."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Another capture begins."""
        self._place: Place | None = None
        self._next_row = 0
        self._peaks: PeakHistory | None = None
        self._held: News | None = None
        self._rate_hz = _UNKNOWN_RATE_HZ
        self.newest_s = 0.0

    @property
    def held(self) -> bool:
        return self._held is not None

    @property
    def bounds(self) -> tuple[float, float]:
        """From when to when there is something to look at while it is held, in seconds."""
        if self._held is None or not len(self._held.times):
            return 0.0, self.newest_s
        return float(self._held.times[0]), float(self._held.times[-1])

    def hold(self, readings: Readings | None) -> None:
        """Keep all that the ring holds now; None goes on with what comes."""
        self._held = readings.since(None, _ALL) if readings is not None else None

    def collect(self, readings: Readings, rate_hz: float | None) -> None:
        """Take in what has come since the last call; call it every frame, held or not."""
        self._rate_hz = rate_hz or _UNKNOWN_RATE_HZ
        news = readings.since(self._place, _ALL)
        if not news.values.shape[1]:
            return
        fresh = self._place is None or news.place.generation != self._place.generation
        if self._peaks is None or fresh or news.first != self._next_row:
            ring_rows = RING_BYTES // (8 + 4 * news.values.shape[1])
            self._peaks = PeakHistory(news.values.shape[1], ring_rows // BLOCK_ROWS)
        self._peaks.add(news.values, news.times)
        self._place, self._next_row = news.place, news.place.row
        if len(news.times):
            self.newest_s = float(news.times[-1])

    def rows(self, readings: Readings, start_s: float, stop_s: float) -> Rows:
        """Rows to draw for this stretch, one more at the left where there is one: readings, or peaks of a flood."""
        if self._held is not None:
            return _between(self._held.times, self._held.values, start_s, stop_s)
        count = int((stop_s - start_s) * self._rate_hz * 1.2) + 2
        channels = self._peaks.channels if self._peaks is not None else 1
        if count * channels > _MOST_VALUES and self._peaks is not None:
            return self._peaks.since(start_s)
        news = readings.since(None, count)
        return _between(news.times, news.values, start_s, stop_s)

    def newest(self, readings: Readings, stop_s: float, seconds: float, most_rows: int) -> Rows:
        """The readings themselves of the ``seconds`` before ``stop_s``, at most ``most_rows`` of them."""
        if self._held is not None:
            times, values = _between(self._held.times, self._held.values, stop_s - seconds, stop_s)
        else:
            news = readings.since(None, min(most_rows, int(seconds * self._rate_hz) + 1))
            times, values = news.times, news.values
        return times[-most_rows:], values[-most_rows:]


def _between(times: NDArray[np.float64], values: NDArray[np.float32], start_s: float, stop_s: float) -> Rows:
    first, last = np.searchsorted(times, (start_s, stop_s))
    part = slice(max(0, int(first) - 1), int(last) + 1)
    return times[part], values[part]
