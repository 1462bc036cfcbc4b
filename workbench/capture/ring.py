"""The newest readings in memory that two processes share: one writes, the other looks.

Neither waits for the other. The memory is an anonymous mapping that spawned children inherit, so the
system takes it back whichever process dies, however it dies.
"""

from __future__ import annotations

from ctypes import Array, addressof, c_byte, memset
from dataclasses import dataclass
from multiprocessing.heap import BufferWrapper
from multiprocessing.sharedctypes import rebuild_ctype  # type: ignore[attr-defined]  # typeshed leaves it out

import numpy as np
from numpy.typing import NDArray

RING_BYTES = 64 << 20  # two million readings of six channels, five minutes of them at 6.6 kHz
_HEADER_BYTES = 64
_GENERATION, _CHANNELS, _CAPACITY, _WRITTEN = range(4)
_TRIES = 8

SharedMemory = Array[c_byte]


@dataclass(frozen=True)
class Place:
    """How far a reader has come: the layout, and the number of the next row in it."""

    generation: int
    row: int


@dataclass(frozen=True)
class News:
    """Rows from number ``first`` on: values float32 (n, channels), times float64 (n,) in seconds."""

    place: Place
    first: int
    values: NDArray[np.float32]
    times: NDArray[np.float64]


def shared_memory(size: int) -> SharedMemory:
    """``size`` bytes that can be passed to a process that is being spawned, and only then.

    The first 64, which are what lies in it as yet, are zero. ``RawArray`` would write to all: the system gives memory
    when it is first touched, and to touch a large ring takes a tenth of a second.
    """
    memory: SharedMemory = rebuild_ctype(c_byte * size, BufferWrapper(size), None)
    memset(addressof(memory), 0, min(size, _HEADER_BYTES))
    return memory


class SampleRing:
    """Rows of float32 values with a float64 time each, the oldest overwritten.

    The writer numbers the layouts (``generation``): a change of the channel count starts an empty ring. An odd
    generation says that a change is under way. A reader copies first and then looks whether the writer has
    come round meanwhile: what may be torn is dropped, never shown.
    """

    def __init__(self, memory: SharedMemory) -> None:
        self._header = np.frombuffer(memoryview(memory), np.int64, _HEADER_BYTES // 8)
        self._body = np.frombuffer(memoryview(memory), np.uint8, offset=_HEADER_BYTES)

    def _views(self, channels: int, capacity: int) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        times = self._body[: 8 * capacity].view(np.float64)
        values = self._body[8 * capacity : (8 + 4 * channels) * capacity].view(np.float32)
        return times, values.reshape(capacity, channels)

    def lay_out(self, channels: int) -> None:
        """Writer: start empty with this many channels."""
        self._header[_GENERATION] += 1
        self._header[_CHANNELS] = channels
        self._header[_CAPACITY] = len(self._body) // (8 + 4 * channels) // 8 * 8
        self._header[_WRITTEN] = 0
        self._header[_GENERATION] += 1

    def write(self, values: NDArray[np.float32], times: NDArray[np.float64]) -> None:
        """Writer: append rows (n, channels) and their times (n,) in seconds."""
        channels, capacity = int(self._header[_CHANNELS]), int(self._header[_CAPACITY])
        ring_times, ring_values = self._views(channels, capacity)
        largest = capacity // 8  # what a reader must expect to be in the making
        for start in range(0, len(values), largest):
            rows = values[start : start + largest]
            stamps = times[start : start + largest]
            at = int(self._header[_WRITTEN]) % capacity
            until_end = min(len(rows), capacity - at)
            ring_values[at : at + until_end] = rows[:until_end]
            ring_times[at : at + until_end] = stamps[:until_end]
            ring_values[: len(rows) - until_end] = rows[until_end:]
            ring_times[: len(rows) - until_end] = stamps[until_end:]
            self._header[_WRITTEN] += len(rows)

    def latest(self, rows: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Reader: copies of the newest values (n, channels) and times (n,), n at most ``rows``."""
        news = self.since(None, rows)
        return news.values, news.times

    def since(self, place: Place | None, most: int) -> News:
        """Reader: what came after ``place``, or the newest where that is None or from before a new layout.

        At most ``most`` rows, the newest: what lies further back is skipped, which ``News.first`` tells.
        """
        for _ in range(_TRIES):
            generation, channels, capacity, written = (int(x) for x in self._header[:4])
            if generation % 2 or not channels or not capacity:
                continue
            known = place.row if place is not None and place.generation == generation else 0
            first = max(known, written - most, written - capacity, 0)
            values, times = self._copied(first, written, channels, capacity)
            now_generation, now_written = int(self._header[_GENERATION]), int(self._header[_WRITTEN])
            if now_generation != generation:
                continue
            safe_from = now_written + capacity // 8 - capacity
            torn = min(max(0, safe_from - first), written - first)
            return News(Place(generation, written), first + torn, values[torn:], times[torn:])
        return News(Place(-1, 0), 0, np.empty((0, 0), np.float32), np.empty(0, np.float64))

    def _copied(
        self, first: int, stop: int, channels: int, capacity: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        ring_times, ring_values = self._views(channels, capacity)
        start, count = first % capacity, stop - first
        if start + count <= capacity:
            return ring_values[start : start + count].copy(), ring_times[start : start + count].copy()
        rest = start + count - capacity
        return (
            np.concatenate((ring_values[start:], ring_values[:rest])),
            np.concatenate((ring_times[start:], ring_times[:rest])),
        )
