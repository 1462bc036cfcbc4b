"""Lifetimes of buffers and where a planner puts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A point in time: an operator of a subgraph runs, or (``operator`` None) a subgraph is entered."""

    subgraph: int
    operator: int | None
    name: str


@dataclass(frozen=True)
class Lifetime:
    """A buffer that is alive from step ``first_op`` to step ``last_op``, both inclusive.

    ``tensor`` is the tensor's index in its subgraph, None for an operator's scratch buffer. In a model with one
    subgraph a step is an operator; -1 is the time before the first. ``bytes`` is what the buffer needs, before
    alignment.
    """

    name: str
    tensor: int | None
    bytes: int
    first_op: int
    last_op: int
    subgraph: int = 0


@dataclass(frozen=True)
class Placement:
    """Where a buffer lies: bytes ``offset`` to ``offset + bytes`` of the planned part of the arena.

    ``reshaped`` are tensors that are the same bytes with another shape.
    """

    name: str
    tensor: int | None
    offset: int
    bytes: int
    first_op: int
    last_op: int
    subgraph: int = 0
    reshaped: tuple[int, ...] = ()

    @property
    def end(self) -> int:
        return self.offset + self.bytes

    def alive_at(self, step: int) -> bool:
        return self.first_op <= step <= self.last_op


@dataclass(frozen=True)
class MemoryPlan:
    """Placements of all buffers of a model, and what they add up to.

    ``arena_bytes`` is the end of the highest placement, aligned; ``peak_op`` the first step at which it is reached;
    ``live_set_bytes`` the largest sum of buffers alive at one step, ``live_set_op`` that step: no plan without
    overlap can be smaller. ``steps`` says what happens at each step.
    """

    placements: tuple[Placement, ...]
    arena_bytes: int
    peak_op: int
    live_set_bytes: int
    live_set_op: int
    steps: tuple[Step, ...]


def live_set(placements: Sequence[Placement]) -> tuple[int, int]:
    """(largest sum of bytes alive at one step, the first such step)."""
    changes: dict[int, int] = {}
    for placement in placements:
        changes[placement.first_op] = changes.get(placement.first_op, 0) + placement.bytes
        changes[placement.last_op + 1] = changes.get(placement.last_op + 1, 0) - placement.bytes
    alive = largest = at = 0
    for step in sorted(changes):
        alive += changes[step]
        if alive > largest:
            largest, at = alive, step
    return largest, max(at, 0)


@dataclass(frozen=True)
class Overlap:
    """Bytes ``low`` to ``high`` that two placements share while both are alive, at steps ``first_op`` to ``last_op``.

    ``older`` and ``newer`` are places in the plan: the newer one is written over the older while that is still read.
    """

    older: int
    newer: int
    low: int
    high: int
    first_op: int
    last_op: int


def overlaps(placements: Sequence[Placement]) -> tuple[Overlap, ...]:
    """All pairs that share bytes at one step; none in a plan of TensorFlow Lite Micro."""
    found: list[Overlap] = []
    reaching: list[int] = []  # by offset: those that may still share bytes with what comes next
    for number in sorted(range(len(placements)), key=lambda n: placements[n].offset):
        one = placements[number]
        reaching = [other for other in reaching if placements[other].end > one.offset]
        for place in reaching:
            other = placements[place]
            first, last = max(one.first_op, other.first_op), min(one.last_op, other.last_op)
            if first <= last and one.bytes:
                older, newer = sorted((place, number), key=lambda n: (placements[n].first_op, n))
                found.append(Overlap(older, newer, one.offset, min(one.end, other.end), first, last))
        reaching.append(number)
    return tuple(found)
