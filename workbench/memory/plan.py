"""Lifetimes of buffers and where a planner puts them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lifetime:
    """A buffer that is alive from operator ``first_op`` to operator ``last_op``, both inclusive.

    ``tensor`` is the tensor's index in its subgraph, None for an operator's scratch buffer. Operators are numbered
    through all subgraphs in file order. ``bytes`` is what the buffer needs, before alignment.
    """

    name: str
    tensor: int | None
    bytes: int
    first_op: int
    last_op: int
    subgraph: int = 0

    def overlaps(self, first_op: int, last_op: int) -> bool:
        """Whether the buffer is alive at any operator of the range (inclusive)."""
        return self.first_op <= last_op and first_op <= self.last_op


@dataclass(frozen=True)
class Placement:
    """Where a buffer lies: bytes ``offset`` to ``offset + bytes`` of the planned part of the arena."""

    name: str
    tensor: int | None
    offset: int
    bytes: int
    first_op: int
    last_op: int
    subgraph: int = 0

    @property
    def end(self) -> int:
        return self.offset + self.bytes


@dataclass(frozen=True)
class MemoryPlan:
    """Placements of all buffers of a model, and what they add up to.

    ``arena_bytes`` is the end of the highest placement; ``peak_op`` the operator at which it is reached;
    ``live_set_bytes`` the largest sum of buffers alive at one operator, ``live_set_op``: no plan without
    overlap can be smaller.
    """

    placements: tuple[Placement, ...]
    arena_bytes: int
    peak_op: int
    live_set_bytes: int
    live_set_op: int
