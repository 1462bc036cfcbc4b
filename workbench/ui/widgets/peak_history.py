"""Minutes of a live signal in a form that is quick to draw: the peaks of blocks of rows, kept as they come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 64
_FIRST_BLOCKS = 4096


class PeakHistory:
    """The lowest and the highest value of each block of 64 rows, the oldest blocks forgotten.

    Each row is looked at once, when it comes; a frame then costs the blocks in view, not the rows.
    """

    def __init__(self, channels: int, most_blocks: int) -> None:
        self.channels = channels
        self._most = max(1, most_blocks)
        self._times = np.empty(0, np.float64)
        self._low = np.empty((0, channels), np.float32)
        self._high = np.empty((0, channels), np.float32)
        self._start = self._stop = 0  # the blocks that hold
        self._values = np.empty((0, channels), np.float32)  # of the block that is not full yet
        self._value_times = np.empty(0, np.float64)

    def add(self, values: NDArray[np.float32], times: NDArray[np.float64]) -> None:
        """Take rows (n, channels) with their times (n,) in seconds."""
        if len(self._values):
            values = np.concatenate((self._values, values))
            times = np.concatenate((self._value_times, times))
        blocks = len(values) // BLOCK_ROWS
        rows = blocks * BLOCK_ROWS
        self._values, self._value_times = values[rows:].copy(), times[rows:].copy()
        if not blocks:
            return
        self._make_room(blocks)
        grouped = values[:rows].reshape(blocks, BLOCK_ROWS, values.shape[1])
        new = slice(self._stop, self._stop + blocks)
        grouped.min(axis=1, out=self._low[new])
        grouped.max(axis=1, out=self._high[new])
        self._times[new] = times[:rows:BLOCK_ROWS]
        self._stop += blocks
        self._start = max(self._start, self._stop - self._most)

    def _make_room(self, blocks: int) -> None:
        """Room for more at the end: what holds moves to the front, of larger arrays where these are half full."""
        if self._stop + blocks <= len(self._times):
            return
        held = slice(self._start, self._stop)
        count = self._stop - self._start
        size = max(_FIRST_BLOCKS, 2 * (count + blocks))
        times = np.empty(size, np.float64)
        low = np.empty((size, self._low.shape[1]), np.float32)
        high = np.empty_like(low)
        times[:count], low[:count], high[:count] = self._times[held], self._low[held], self._high[held]
        self._times, self._low, self._high = times, low, high
        self._start, self._stop = 0, count

    def since(self, start_s: float) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Points to draw from ``start_s`` on: times (2n,) and values (2n, channels), two a block, low before high."""
        held = self._times[self._start : self._stop]
        first = self._start + max(0, int(np.searchsorted(held, start_s)) - 1)
        low, high = self._low[first : self._stop], self._high[first : self._stop]
        points = np.stack((low, high), axis=1).reshape(-1, low.shape[1])
        times = np.repeat(self._times[first : self._stop], 2)
        return np.concatenate((times, self._value_times)), np.concatenate((points, self._values))
