"""Checksums of many frames at once: each takes uint8 (frames, bytes) and gives one number a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


def _table(polynomial: int, bits: int, reflected: bool) -> NDArray[np.uint32]:
    """The remainders of all bytes."""
    top, mask = 1 << (bits - 1), (1 << bits) - 1
    table = []
    for byte in range(256):
        value = byte if reflected else byte << (bits - 8)
        for _ in range(8):
            if reflected:
                value = (value >> 1) ^ (polynomial if value & 1 else 0)
            else:
                value = ((value << 1) ^ (polynomial if value & top else 0)) & mask
        table.append(value)
    return np.array(table, np.uint32)


_CRC16 = _table(0x1021, 16, reflected=False).astype(np.uint16)
_WORDS = np.arange(1 << 16, dtype=np.uint16)
_CRC16_OF_WORD = (_CRC16[_WORDS >> 8] << 8) ^ _CRC16[(_CRC16[_WORDS >> 8] >> 8) ^ (_WORDS & 0xFF)]
_CRC32 = _table(0xEDB88320, 32, reflected=True)


def xor8(frames: Bytes) -> Bytes:
    """All bytes, exclusive or."""
    result: Bytes = np.bitwise_xor.reduce(frames, axis=1)
    return result


def sum8(frames: Bytes) -> Bytes:
    """The sum of all bytes, modulo 256."""
    result: Bytes = frames.sum(axis=1, dtype=np.uint8)
    return result


def crc16(frames: Bytes) -> NDArray[np.uint16]:
    """CRC-16-CCITT: polynomial 0x1021, initial value 0xFFFF, nothing reflected or inverted."""
    crc = np.full(len(frames), 0xFFFF, np.uint16)
    even = frames.shape[1] // 2 * 2
    # Two bytes at a step: the remainder of a word depends on nothing but the word.
    for word in np.ascontiguousarray(np.ascontiguousarray(frames[:, :even]).view(">u2").T).astype(np.uint16):
        crc = _CRC16_OF_WORD[crc ^ word]
    for column in frames[:, even:].T:
        crc = (crc << 8) ^ _CRC16[(crc >> 8) ^ column]
    return crc


def crc32(frames: Bytes) -> NDArray[np.uint32]:
    """CRC-32 as in Ethernet: polynomial 0x04C11DB7 reflected, initial value and final inversion 0xFFFFFFFF."""
    crc = np.full(len(frames), 0xFFFFFFFF, np.uint32)
    for column in np.ascontiguousarray(frames.T):
        crc = (crc >> 8) ^ _CRC32[(crc ^ column) & 0xFF]
    return ~crc


@dataclass(frozen=True)
class Checksum:
    """How it is computed and how many bytes it takes."""

    compute: Callable[[Bytes], NDArray[np.unsignedinteger]]
    width: int


CHECKSUMS = {
    "xor8": Checksum(xor8, 1),
    "sum8": Checksum(sum8, 1),
    "crc16": Checksum(crc16, 2),
    "crc32": Checksum(crc32, 4),
}
