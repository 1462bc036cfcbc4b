"""The arena's two-ended stack, simulated.

Follows arena_allocator/single_arena_buffer_allocator.cc of tflite-micro: persistent buffers grow down from
the end of the arena (the tail), the resizable buffer and temporary ones grow up from its start (the head).
Addresses are counted from the end the buffer grows from; both ends lie on 16-byte boundaries.
"""

from __future__ import annotations

from enum import StrEnum

from workbench.memory.tflm.abi import align_up

# micro_arena_constants.h
BUFFER_ALIGNMENT = 16


class Kind(StrEnum):
    """What a persistent allocation holds; together with the plan, these make up the arena."""

    ALLOCATOR = "allocator and planner"
    TENSORS = "tensor table"
    NODES = "operator table"
    OPTIONS = "operator options"
    KERNELS = "kernel data"
    SCRATCH_HANDLES = "scratch buffer handles"
    VARIABLES = "variable tensors"
    INTERFACE = "inputs and outputs"


class Arena:
    """An arena being filled; ``needed`` is the smallest size in which all went well so far."""

    def __init__(self) -> None:
        self.tail = 0
        self.head = 0
        self.needed = 0
        self.by_kind: dict[Kind, int] = dict.fromkeys(Kind, 0)
        self._temporary = 0

    def persistent(self, size: int, alignment: int, kind: Kind) -> None:
        """AllocatePersistentBuffer: kept as long as the interpreter lives."""
        before = self.tail
        self.tail = align_up(before + size, alignment)
        self.by_kind[kind] += self.tail - before
        # The allocator compares with the head alone: a temporary buffer may be overwritten.
        self._need(self.head)

    def temporary(self, size: int, alignment: int) -> None:
        """AllocateTemp: kept until ``reset_temporary``."""
        self._temporary = align_up(self._temporary, alignment) + size
        self._need(self._temporary)

    def reset_temporary(self) -> None:
        """ResetTempAllocations."""
        self._temporary = self.head

    def resize_head(self, size: int) -> None:
        """ResizeBuffer of the one buffer at the head."""
        self.head = self._temporary = size
        self._need(size)

    def plan_in_rest(self, size: int) -> None:
        """The planner works in whatever lies between head and tail, both ends aligned; it needs ``size`` bytes."""
        self._temporary = align_up(self._temporary, BUFFER_ALIGNMENT)
        self.needed = max(self.needed, self._temporary + size + align_up(self.tail, BUFFER_ALIGNMENT))

    def _need(self, head: int) -> None:
        self.needed = max(self.needed, head + self.tail)
