"""The newest bytes of a port in memory that two processes share, for whoever wants to see them as they come."""

from __future__ import annotations

import numpy as np

from workbench.capture.ring import SharedMemory

BYTE_RING_BYTES = 64 << 10
_HEADER_BYTES = 16
_WRITTEN, _WRITING = range(2)
_TRIES = 8


class ByteRing:
    """One process writes, another looks; the oldest bytes are overwritten and neither waits."""

    def __init__(self, memory: SharedMemory) -> None:
        self._header = np.frombuffer(memoryview(memory), np.int64, _HEADER_BYTES // 8)
        self._body = np.frombuffer(memoryview(memory), np.uint8, offset=_HEADER_BYTES)

    def write(self, data: bytes) -> None:
        """Writer: append."""
        size = len(self._body)
        written = int(self._header[_WRITTEN]) + len(data)
        kept = np.frombuffer(data[-size:], np.uint8)
        self._header[_WRITING] = written  # ahead of the bytes, so that a reader sees what is being overwritten
        at = (written - len(kept)) % size
        until_end = min(len(kept), size - at)
        self._body[at : at + until_end] = kept[:until_end]
        self._body[: len(kept) - until_end] = kept[until_end:]
        self._header[_WRITTEN] = written

    def since(self, place: int) -> tuple[int, bytes]:
        """Reader: the place to go on from, and the bytes after ``place``, or as many of them as are still there."""
        size = len(self._body)
        for _ in range(_TRIES):
            written = int(self._header[_WRITTEN])
            first = max(place, written - size, 0)
            at, count = first % size, written - first
            data = np.concatenate((self._body[at : at + count], self._body[: max(0, at + count - size)])).tobytes()
            torn = max(0, int(self._header[_WRITING]) - size - first)
            if torn <= count:
                return written, data[torn:]
        return written, b""
