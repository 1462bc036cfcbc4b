"""Bare int16 readings, one behind another with nothing between them: where a reading begins, again after damage.

Bytes that were lost or came on top move all values that follow to wrong channels. What gives that away is a step of
all channels together that is far out of the ordinary; what follows is then tried from every byte on, and read from
the one at which the channels go on as they did before. A signal that is itself a noise as wide as its range gives
nothing away, nor do bytes that are lost in multiples of whole readings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LEARNT_OVER = 256  # readings
_FEWEST_LEARNT = 32  # readings, before a step can be out of the ordinary
_ORDINARY = 8.0  # mean over the channels of a step's size as a multiple of the usual one
_USUAL = 3.0  # the same, over many readings that are what they were before
_CLIPPED = 50.0
_SMALLEST_STEP = 2.0  # of an int16: a channel that stands still
_MOST_FOREIGN = 64  # bytes that may have come in between
_COMPARED = 12  # readings behind each place that is tried
_BETTER = 4.0  # times nearer must another place be
_SURE_AFTER = 128  # ordinary readings
_TEXT = bytes(range(0x20, 0x7F)) + b"\t\r\n"

Values = NDArray[np.float32]


class AlignedReadings:
    """Cuts a stream of bytes into readings of so many int16 values, low byte first.

    ``damaged`` counts the readings that were given up, ``realigned`` how often their beginning was found anew.
    """

    def __init__(self, channels: int) -> None:
        self._width = 2 * channels
        self._held = b""
        self._last: NDArray[np.float32] | None = None  # reading that was believed
        self._usual = np.zeros(channels)  # size of a step
        self._learnt = 0
        self._until_sure = 0  # ordinary readings
        self.damaged = 0
        self.realigned = 0

    @property
    def unsure(self) -> bool:
        """Whether readings came lately that do not follow from those before wherever one begins to read."""
        return self._until_sure > 0

    def feed(self, data: bytes) -> Values:
        """The readings completed by these bytes (n, channels); none while it is not clear where they begin."""
        self._held += data
        given = [np.empty((0, self._width // 2), np.float32)]
        while len(values := self._values(self._held)):
            ordinary = self._ordinary(values)
            if ordinary:
                given.append(values[:ordinary])
                self._believe(values[:ordinary])
                self._until_sure = max(0, self._until_sure - ordinary)
            elif self._look_closer():
                given.append(values := self._values(self._held[: self._width]))
                self._believe(values)
            else:
                break
        return np.concatenate(given)

    def finish(self) -> Values:
        """What is held back, as it is."""
        values = self._values(self._held)
        self._held = b""
        return values

    def _values(self, data: bytes) -> Values:
        whole = len(data) // self._width * self._width
        return np.frombuffer(data[:whole], "<i2").astype(np.float32).reshape(-1, self._width // 2)

    def _believe(self, values: Values) -> None:
        """Take the first readings of what is held, whatever they are, and learn from them."""
        self._held = self._held[len(values) * self._width :]
        steps = np.abs(np.diff(values, axis=0, prepend=values[:1] if self._last is None else self._last[np.newaxis]))
        weight = len(values) / (len(values) + min(self._learnt, _LEARNT_OVER))
        self._usual += weight * (steps.mean(axis=0) - self._usual)
        self._learnt += len(values)
        self._last = values[-1]

    def _roughness(self, values: Values) -> NDArray[np.float64]:
        """Of each step from the last reading that was believed on (n,), as a multiple of the usual."""
        assert self._last is not None  # noqa: S101 - asked once enough is learnt
        steps = np.abs(np.diff(values, axis=0, prepend=self._last[np.newaxis]))
        return np.asarray(np.minimum(steps / np.maximum(self._usual, _SMALLEST_STEP), _CLIPPED).mean(axis=1))

    def _ordinary(self, values: Values) -> int:
        """How many readings at the front follow from the one before."""
        if self._learnt < _FEWEST_LEARNT:
            return min(len(values), _FEWEST_LEARNT - self._learnt)
        strange = np.flatnonzero(self._roughness(values) > _ORDINARY)
        return int(strange[0]) if len(strange) else len(values)

    def _look_closer(self) -> bool:
        """Find the byte at which the next reading begins; False while too little has come, or none is left."""
        if len(self._held) < _MOST_FOREIGN + (_COMPARED + 1) * self._width:
            return False
        if not self._held.translate(None, _TEXT):  # other firmware, which prints
            self.damaged += len(self._held) // self._width
            self._held = b""
            return False
        distances = np.array([self._distance(start) for start in range(_MOST_FOREIGN + 1)])
        aligned = np.arange(len(distances)) % self._width == 0  # after a knock on the sensor they are the near ones
        best = int(np.where(aligned, np.inf, distances).argmin())
        if distances.min() > _ORDINARY:
            self._until_sure = _SURE_AFTER
        elif distances[aligned].min() > max(_ORDINARY, _BETTER * distances[best]):
            self._held = self._held[best:]
            self.damaged += max(1, round(best / self._width))
            self.realigned += 1
        return True

    def _distance(self, start: int) -> float:
        """How far the reading at this byte is from the last one that was believed; infinite if it leads nowhere."""
        rough = self._roughness(self._values(self._held[start : start + _COMPARED * self._width]))
        return float(rough[0]) if rough[1:].mean() <= _USUAL else np.inf
