"""Sound without any framing, as the computer's microphone gives it: int16 values, low byte first, one channel."""

from __future__ import annotations

import numpy as np

from workbench.capture.clock import DECLARED
from workbench.capture.wire.parser import Counts, Rows, WireParser
from workbench.project.model import Channel

RATE_HZ = 16_000.0
_CHANNELS = (Channel("sound", "full scale"),)
_FULL_SCALE = np.float32(32768)


class PlainSound(WireParser):
    """Values in ±1; their times are by the count, since a sound card's rate is even."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.restart()

    @property
    def title(self) -> str:
        return "16-bit sound"

    @property
    def channels(self) -> tuple[Channel, ...]:
        return _CHANNELS

    @property
    def declared_hz(self) -> float | None:
        return RATE_HZ

    def restart(self) -> None:
        self._odd = b""
        self._count = 0

    def finish(self) -> list[Rows]:
        self.restart()
        return []

    def feed(self, data: bytes) -> list[Rows]:
        data = self._odd + data
        whole = len(data) // 2 * 2
        self._odd = data[whole:]
        if not whole:
            return []
        values = np.frombuffer(data[:whole], "<i2").astype(np.float32)[:, np.newaxis] / _FULL_SCALE
        times = (self._count + np.arange(len(values))) / RATE_HZ
        self._count += len(values)
        self.counts.frames += len(values)
        return [Rows(_CHANNELS, values, times, clock=DECLARED)]
