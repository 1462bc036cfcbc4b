"""Pictures on the wire: how their pixels are packed, and how they are put together from numbered parts.

A picture is larger than what a microcontroller can frame at once, so it is sent in parts, one after another and in
order. Each part says all there is to know, so that a listener may come at any time. All numbers are little endian:
layout (1 byte, see ``LAYOUTS``), width (uint16), height (uint16), the place of the part's first byte in the picture
(uint32), then pixel bytes, row after row from the top. The number of the picture (uint16) travels with every part
outside of it; the part at place 0 begins a picture.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.checksums import Bytes
from workbench.capture.wire.parser import Counts, Picture

MOST_PIXELS = 640 * 480
MOST_PICTURE_BYTES = 3 * MOST_PIXELS  # unpacked
PART_HEADER = struct.Struct("<BHHI")
_NUMBERS = 1 << 16


def _grey(stored: Bytes) -> Bytes:
    return stored[:, np.newaxis]


def _rgb565(stored: NDArray[np.uint16]) -> Bytes:
    """Five bits of red, six of green, five of blue, each stretched to 0..255 as the exported firmware does it."""
    wide = stored.astype(np.uint32)
    colours = (wide >> 11) * 255 // 31, (wide >> 5 & 63) * 255 // 63, (wide & 31) * 255 // 31
    return np.stack(colours, axis=1).astype(np.uint8)


@dataclass(frozen=True)
class Layout:
    """How one pixel is stored, and what makes uint8 (pixels, colours) of stored pixels (pixels,)."""

    stored: np.dtype[np.generic]
    unpack: Callable[..., Bytes]


LAYOUTS = {
    1: Layout(np.dtype("u1"), _grey),
    2: Layout(np.dtype(">u2"), _rgb565),  # high byte first, as camera chips give it
    3: Layout(np.dtype("<u2"), _rgb565),
}


@dataclass(frozen=True)
class _Head:
    """What all parts of a picture have in common."""

    number: int
    layout: int
    width: int
    height: int

    @property
    def size(self) -> int:
        return self.width * self.height * LAYOUTS[self.layout].stored.itemsize


class PictureParts:
    """Puts pictures together. A missing part costs the picture it belongs to, and no other."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self.forget()

    def forget(self) -> None:
        """What comes next may be another board, heard from the middle of a picture."""
        self._head: _Head | None = None  # of the picture under way
        self._stored = bytearray()
        self._last: int | None = None  # the number of the newest whole picture

    def add(self, number: int, device_s: float, body: bytes) -> Picture | None:
        """The picture that this part of picture ``number`` completes, if it does."""
        if len(body) < PART_HEADER.size:
            self._give_up()
            return None
        layout, width, height, place = PART_HEADER.unpack_from(body)
        if layout not in LAYOUTS or not 0 < width * height <= MOST_PIXELS:
            self._give_up()
            return None
        head, stored = _Head(number, layout, width, height), body[PART_HEADER.size :]
        if place == 0:
            self._head, self._stored = head, bytearray()
        if head != self._head or place != len(self._stored):
            self._head = None  # a part is missing: wait for the next picture
            return None
        if place + len(stored) > head.size:
            self._give_up()
            return None
        self._stored += stored
        return self._whole(head, device_s) if len(self._stored) == head.size else None

    def _give_up(self) -> None:
        """The part makes no sense."""
        self._counts.bad += 1
        self._head = None

    def _whole(self, head: _Head, device_s: float) -> Picture:
        layout = LAYOUTS[head.layout]
        pixels = layout.unpack(np.frombuffer(self._stored, layout.stored)).reshape(head.height, head.width, -1)
        self._head = None
        missed = 0 if self._last is None else (head.number - self._last - 1) % _NUMBERS
        if missed < _NUMBERS // 2:  # a jump backwards is a board that has started anew
            self._counts.pictures_lost += missed
        self._last = head.number
        self._counts.pictures += 1
        return Picture(pixels, device_s)
