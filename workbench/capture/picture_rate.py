"""How many pictures a second come."""

from __future__ import annotations

from collections import deque

_MOST_PICTURES = 30
_WINDOW_S = 3.0


class PictureRate:
    """The mean over the last pictures, at most three seconds of them."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque(maxlen=_MOST_PICTURES)

    def add(self, time_s: float) -> None:
        """A picture has come."""
        self._times_s.append(time_s)

    def at(self, now_s: float) -> float | None:
        """Pictures a second; None while fewer than two have come lately."""
        while self._times_s and now_s - self._times_s[0] > _WINDOW_S:
            self._times_s.popleft()
        if len(self._times_s) < 2 or self._times_s[-1] == self._times_s[0]:
            return None
        return (len(self._times_s) - 1) / (self._times_s[-1] - self._times_s[0])
