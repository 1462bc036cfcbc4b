"""Building blocks of kernels' orders: loops over windows, and running a loop from its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.memory.plain_c.access import NEVER, Access, Cells, Turns
from workbench.memory.plain_c.call import Call

Positions = NDArray[np.int32]

_LARGEST = 1 << 20  # positions along an axis; a bound for malformed models


@dataclass(frozen=True, eq=False)
class Uses:
    """The first and the last turn in which each cell of an input is read, in a loop that runs forwards."""

    first: Turns
    last: Turns
    cell_bytes: int


def both_ways(
    kernel: str,
    uses: Sequence[Uses | None],
    writes: Sequence[Cells],
    *,
    scratch_bytes: int = 0,
    parameters: Mapping[str, int | str] | None = None,
) -> tuple[Access, Access]:
    """A loop as it is, and run from its end.

    Backwards, what was the first read of a cell is the last. ``uses`` are by the operator's inputs, ``writes`` by its
    outputs, running forwards; every turn writes something.
    """
    turns = 1 + max((int(cells.turns.max(initial=0)) for cells in writes), default=0)

    def mirrored(of: Turns) -> Turns:
        return np.where(of == NEVER, NEVER, turns - 1 - of).astype(np.int32)

    return (
        Access(
            kernel,
            tuple(None if use is None else Cells(use.last, use.cell_bytes) for use in uses),
            tuple(writes),
            scratch_bytes=scratch_bytes,
            parameters=parameters or {},
        ),
        Access(
            kernel,
            tuple(None if use is None else Cells(mirrored(use.first), use.cell_bytes) for use in uses),
            tuple(Cells(mirrored(cells.turns), cells.cell_bytes) for cells in writes),
            backwards=True,
            scratch_bytes=scratch_bytes,
            parameters=parameters or {},
        ),
    )


@dataclass(frozen=True)
class Axis:
    """A window that slides along one axis: sizes of input, output and kernel, and where the first window starts."""

    inputs: int
    outputs: int
    kernel: int
    stride: int
    dilation: int
    before: int  # positions of padding in front of the input

    @property
    def reach(self) -> int:
        """Positions from a window's first to its last, both included."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def padded(self) -> int:
        """Positions that all windows together cover, padding included."""
        return (self.outputs - 1) * self.stride + self.reach

    def users(self) -> tuple[Positions, Positions]:
        """(first, last) output position whose window reads each input position; NEVER where none does."""
        first = np.full(self.inputs, self.outputs, np.int32)
        last = np.full(self.inputs, NEVER, np.int32)
        positions = np.arange(self.outputs, dtype=np.int32)
        for tap in range(self.kernel):
            read = positions * self.stride + tap * self.dilation - self.before
            inside = (read >= 0) & (read < self.inputs)
            np.minimum.at(first, read[inside], positions[inside])
            np.maximum.at(last, read[inside], positions[inside])
        first[last == NEVER] = NEVER
        return first, last


def axes(call: Call, kernel: tuple[int, int], inputs: tuple[int, int], outputs: tuple[int, int]) -> tuple[Axis, Axis]:
    """The sliding window of a convolution or a pooling, downwards and across.

    Padding as TensorFlow Lite computes it (ComputePadding in kernels/padding.h): half of what is missing, rounded
    down, lies in front.
    """
    found = []
    for size, given, made, side in zip(kernel, inputs, outputs, "hw", strict=True):
        stride = int(call.option(f"stride_{side}", 1))
        dilation = int(call.option(f"dilation_{side}_factor", 1))
        covered = (made - 1) * stride + (size - 1) * dilation + 1
        if min(size, given, made, stride, dilation) < 1 or max(size, covered) > _LARGEST:
            raise call.refusal(f"has a kernel of {size} on a tensor of {given} to {made}, which makes no sense.")
        missing = covered - given
        found.append(Axis(given, made, size, stride, dilation, max(missing, 0) // 2))
    return found[0], found[1]


def window_uses(down: Axis, across: Axis, batches: int) -> tuple[Positions, Positions]:
    """(first, last) output pixel, counted row by row and batch by batch, that reads each input pixel.

    Of the output pixels that read an input pixel, the last is the one in the last row and there in the last column,
    because pixels are counted row by row.
    """
    found = []
    for rows, columns in zip(down.users(), across.users(), strict=True):
        plane = rows[:, None] * across.outputs + columns[None, :]
        plane[(rows == NEVER)[:, None] | (columns == NEVER)[None, :]] = NEVER
        step = np.arange(batches, dtype=np.int32)[:, None] * (down.outputs * across.outputs)
        flat = plane.reshape(1, -1)
        found.append(np.where(flat == NEVER, NEVER, flat + step).astype(np.int32).reshape(-1))
    return found[0], found[1]
