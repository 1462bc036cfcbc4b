"""The simulated camera: pictures that move, or those of a project, packed and cut as a camera sketch does it.

It shares no code with the parsers, so that neither can hide the other's mistakes.
"""

from __future__ import annotations

import binascii
import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbench.capture.simulated_formats import stuffed

SIDE = 96  # px of the synthetic picture
_PICTURE_TYPE = 4
_GREY8, _RGB565_HIGH_FIRST = 1, 2
_PART_BYTES = 1015  # of pixels: what fits into the sender's body of 1,024 bytes beside the part's header
_LAP = 48  # pictures in which the disc goes round once


def moving_pictures(colours: int) -> Iterator[NDArray[np.uint8]]:
    """A bright disc that goes round in front of a shaded wall, uint8 (96, 96, colours), without end."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    wall = (40 + rows * 60 // SIDE + columns * 40 // SIDE).astype(np.uint8)
    number = 0
    while True:
        angle = 2 * np.pi * number / _LAP
        row, column = SIDE / 2 + SIDE / 4 * np.sin(angle), SIDE / 2 + SIDE / 4 * np.cos(angle)
        disc = np.hypot(rows - row, columns - column) < SIDE / 8
        planes = [np.where(disc, shade, wall // (place + 1)) for place, shade in enumerate((230, 150, 40)[:colours])]
        yield np.stack(planes, axis=2).astype(np.uint8)
        number += 1


class PictureFormat:
    """Native frames that hold a picture's parts."""

    waits_for = b""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz

    def announce(self) -> bytes:
        """Nothing but the zero that ends the boot text: a picture says itself what it is."""
        return b"\0"

    def picture(self, pixels: NDArray[np.uint8], number: int) -> bytes:
        """The frames of a picture, uint8 (H, W, 1) as it is or (H, W, 3) as RGB565."""
        height, width, colours = pixels.shape
        packed = pixels.tobytes() if colours == 1 else _rgb565(pixels)
        layout = _GREY8 if colours == 1 else _RGB565_HIGH_FIRST
        clock_us = int(number * 1e6 / self._rate_hz) % 2**32
        frames = b""
        for place in range(0, len(packed), _PART_BYTES):
            head = struct.pack("<BHIBHHI", _PICTURE_TYPE, number % 2**16, clock_us, layout, width, height, place)
            content = head + packed[place : place + _PART_BYTES]
            frames += stuffed(content + struct.pack("<H", binascii.crc_hqx(content, 0xFFFF))) + b"\0"
        return frames


def _rgb565(pixels: NDArray[np.uint8]) -> bytes:
    wide = pixels.astype(np.uint16)
    packed = (wide[..., 0] >> 3 << 11) | (wide[..., 1] >> 2 << 5) | wide[..., 2] >> 3
    return packed.astype(">u2").tobytes()
