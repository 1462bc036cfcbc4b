"""TensorFlow Lite Micro's planner.

Follows memory_planner/greedy_memory_planner.cc of tflite-micro to the byte, ties included, because the
board runs exactly this: buffers by falling size, each at the lowest offset where a gap between buffers
alive at the same time is wide enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Buffer:
    """A buffer to place: bytes (already aligned), first and last step it is alive (inclusive).

    ``fixed_offset`` is set for buffers that a plan stored in the model has placed already.
    """

    bytes: int
    first: int
    last: int
    fixed_offset: int | None = None


def place(buffers: Sequence[Buffer]) -> list[int]:
    """The offset of each buffer, in bytes from the start of the planned part."""
    offsets = [0] * len(buffers)
    fixed = [i for i, buffer in enumerate(buffers) if buffer.fixed_offset is not None]
    # TFLM fills its list from the end and then sorts it stably: of equal buffers, the later goes first.
    free = [i for i in reversed(range(len(buffers))) if buffers[i].fixed_offset is None]
    free.sort(key=lambda i: -buffers[i].bytes)
    placed: list[tuple[int, Buffer]] = []  # by rising offset
    for i in fixed + free:
        buffer = buffers[i]
        offset = buffer.fixed_offset if buffer.fixed_offset is not None else _lowest_gap(buffer, placed)
        offsets[i] = offset
        position = len(placed)
        while position and placed[position - 1][0] > offset:
            position -= 1
        placed.insert(position, (offset, buffer))
    return offsets


def _lowest_gap(buffer: Buffer, placed: Sequence[tuple[int, Buffer]]) -> int:
    candidate = 0
    for offset, other in placed:
        if other.first > buffer.last or buffer.first > other.last:
            continue
        if offset - candidate >= buffer.bytes:
            break
        candidate = max(candidate, offset + other.bytes)
    return candidate
