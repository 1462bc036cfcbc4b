"""Sequence numbers: what the board says it sent and never arrived."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.capture.wire.parser import Counts


class Sequence:
    """Compares each number with the one before; ``bits`` is how wide they are before they wrap around."""

    def __init__(self, bits: int, counts: Counts) -> None:
        self._modulus = 1 << bits
        self._counts = counts
        self._last: int | None = None
        self.missing = 0  # readings of this sequence that were sent and never understood

    def add(self, numbers: NDArray[np.unsignedinteger], readings: int = 1) -> None:
        """Count jumps in further ``numbers`` (n,), each of them a frame of this many readings.

        A jump backwards is a board that has started anew: a gap, but nobody knows how long.
        """
        if not len(numbers):
            return
        wide = numbers.astype(np.int64)
        before = np.concatenate(([wide[0] - 1 if self._last is None else self._last], wide[:-1]))
        jumps = (wide - before - 1) % self._modulus
        self._last = int(wide[-1])
        if jumps.any():
            self._counts.sequence_gaps += int(np.count_nonzero(jumps))
            missing = int(jumps[jumps < self._modulus // 2].sum()) * readings
            self._counts.missing += missing
            self.missing += missing

    def forget(self) -> None:
        """The next number may be any."""
        self._last = None
