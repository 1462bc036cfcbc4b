"""The newest picture in memory that two processes share: one writes, the other looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.capture.ring import SharedMemory
from workbench.capture.wire.picture import MOST_PICTURE_BYTES

_HEADER_BYTES = 64
_TURN, _NUMBER, _HEIGHT, _WIDTH, _COLOURS = range(5)
_TRIES = 8
PICTURE_SLOT_BYTES = _HEADER_BYTES + MOST_PICTURE_BYTES


@dataclass(frozen=True)
class SeenPicture:
    """A picture, uint8 (height, width, 1 or 3), and its number, counted from 1."""

    number: int
    pixels: NDArray[np.uint8]


class PictureSlot:
    """Neither side waits for the other. An odd turn says that the writer is at work."""

    def __init__(self, memory: SharedMemory) -> None:
        self._header = np.frombuffer(memoryview(memory), np.int64, _HEADER_BYTES // 8)
        self._body = np.frombuffer(memoryview(memory), np.uint8, offset=_HEADER_BYTES)

    def put(self, pixels: NDArray[np.uint8]) -> None:
        """Writer: replace what is there."""
        self._header[_TURN] += 1
        self._header[_HEIGHT : _COLOURS + 1] = pixels.shape
        self._body[: pixels.size] = pixels.ravel()
        self._header[_NUMBER] += 1
        self._header[_TURN] += 1

    def after(self, number: int) -> SeenPicture | None:
        """Reader: the newest picture; None when it is this one, or the writer was quicker every time."""
        for _ in range(_TRIES):
            turn, newest, height, width, colours = (int(x) for x in self._header[: _COLOURS + 1])
            if turn % 2:
                continue
            if newest == number:
                return None
            pixels = self._body[: height * width * colours].copy()
            if int(self._header[_TURN]) == turn:
                return SeenPicture(newest, pixels.reshape(height, width, colours))
        return None
