"""In which order a kernel reads its inputs and writes its outputs.

A kernel works in turns: in each it first reads, then writes. What it writes in one turn may lie on anything that it
read for the last time in this turn or before. All that a plan needs to know of a kernel is therefore the last turn in
which each cell of an input is read, and the turn in which each cell of an output is written. A cell is a run of bytes
that are read, or written, in the same turn: one element, or all channels of a pixel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Turns = NDArray[np.int32]
NEVER = -1


@dataclass(frozen=True, eq=False)
class Cells:
    """The turn of each cell of a tensor, as the cells lie in memory; NEVER for what is not read at all."""

    turns: Turns
    cell_bytes: int

    @property
    def bytes(self) -> int:
        return self.turns.size * self.cell_bytes

    def by_byte(self) -> Turns:
        """The turn of each byte."""
        return np.repeat(self.turns, self.cell_bytes)

    @cached_property
    def earlier(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first and the last cell with an earlier turn, for each turn; the last is NEVER where there is none.

        The final entries hold for all later turns too.
        """
        length = int(self.turns.max(initial=0)) + 2
        first = np.full(length, self.turns.size, np.int64)
        last = np.full(length, NEVER, np.int64)
        cells = np.arange(self.turns.size)
        np.minimum.at(first, self.turns + 1, cells)
        np.maximum.at(last, self.turns + 1, cells)
        return np.minimum.accumulate(first), np.maximum.accumulate(last)


@dataclass(frozen=True)
class Handover:
    """Where an output may start, in bytes after the start of an input that dies with the operator.

    At ``highest_below`` or lower, at ``lowest_above`` or higher, and, if ``in_place``, exactly where the input starts.
    Both limits are exact: one byte further in, an element would be overwritten that is still to be read.
    """

    highest_below: int
    lowest_above: int
    in_place: bool

    def allows(self, distance: int) -> bool:
        """Whether the output may start ``distance`` bytes after the input."""
        return distance <= self.highest_below or distance >= self.lowest_above or (self.in_place and distance == 0)


@dataclass(frozen=True, eq=False)
class Access:
    """One kernel's order of reads and writes for one operator.

    ``kernel`` names the order (its function's documentation has the loops), ``backwards`` says that it runs through
    them from the end. ``reads`` holds the last turns of each of the operator's inputs, None for constants and inputs
    that are left out; ``writes`` the turns of each output. ``scratch_bytes`` are used from before the first turn until
    after the last. ``parameters`` are the loop bounds a generator needs besides the operator's shapes.
    """

    kernel: str
    reads: tuple[Cells | None, ...]
    writes: tuple[Cells, ...]
    backwards: bool = False
    scratch_bytes: int = 0
    parameters: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def in_words(self) -> str:
        """The order for people: "blocks of pixels, block 4, backwards"."""
        details = (f"{name} {value}" for name, value in self.parameters.items())
        return ", ".join((self.kernel, *details, *(("backwards",) if self.backwards else ())))

    @cached_property
    def turns(self) -> int:
        """How many turns the kernel takes."""
        every = (*self.writes, *(cells for cells in self.reads if cells is not None))
        return 1 + max((int(cells.turns.max(initial=0)) for cells in every), default=0)

    @cached_property
    def handovers(self) -> Mapping[tuple[int, int], Handover]:
        """Where each output may lie against each input, by (place of the input, place of the output)."""
        return {
            (source, target): handover(read, written)
            for source, read in enumerate(self.reads)
            if read is not None
            for target, written in enumerate(self.writes)
        }

    def needed(self, dying: frozenset[int]) -> int:
        """The most bytes of inputs and outputs that hold something needed at one moment, whatever their places.

        ``dying`` are the places of inputs that nothing needs afterwards; of these, only what is still to be read
        counts. Other inputs are left out. Before the first turn all that is read of the dying inputs is needed, after
        turn t what is read later than t and what was written until t, at the end all outputs. These bytes lie in
        different places in any plan that works.
        """
        if dying not in self._known_needs:
            changes = np.zeros(self.turns + 1, np.int64)  # before the first turn, then after each
            for cells in self.writes:
                np.add.at(changes, cells.turns + 1, cells.cell_bytes)
            for place in dying:
                read = self.reads[place] if place < len(self.reads) else None
                if read is not None:
                    last = read.turns[read.turns != NEVER]
                    changes[0] += last.size * read.cell_bytes
                    np.subtract.at(changes, last + 1, read.cell_bytes)
            self._known_needs[dying] = int(np.cumsum(changes).max())
        return self._known_needs[dying]

    @cached_property
    def _known_needs(self) -> dict[frozenset[int], int]:
        return {}


def handover(read: Cells, written: Cells) -> Handover:
    """The exact limits between an input's and an output's place.

    A byte of the output written before an input's cell is read must not lie on that cell. For each cell of the input,
    only the first and the last cell of the output written before matter: the distances ruled out run between them.
    """
    first, last = written.earlier
    turns = np.clip(read.turns, 0, last.size - 1)  # what is never read, as if in the first turn: nothing is earlier
    cells = np.flatnonzero(last[turns] >= 0)
    if not cells.size:
        return Handover(0, 0, in_place=True)  # nothing is read after a write: any place will do
    turns = turns[cells]
    low = cells * read.cell_bytes - (last[turns] + 1) * written.cell_bytes + 1
    high = (cells + 1) * read.cell_bytes - 1 - first[turns] * written.cell_bytes
    return Handover(int(low.min()) - 1, int(high.max()) + 1, _in_place(read, written))


def _in_place(read: Cells, written: Cells) -> bool:
    """Whether both may start at the same byte."""
    if read.cell_bytes == written.cell_bytes:
        common = min(read.turns.size, written.turns.size)
        return bool((read.turns[:common] <= written.turns[:common]).all())
    common = min(read.bytes, written.bytes)
    return bool((read.by_byte()[:common] <= written.by_byte()[:common]).all())
