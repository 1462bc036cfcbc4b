"""What a model takes on a board, part by part, against what the board has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.memory.plan import MemoryPlan


@dataclass(frozen=True)
class MemoryPart:
    """A block of flash or RAM: what lies there and how many bytes it takes.

    ``kind`` is one of: code, vectors, weights, model (the file's other bytes), arena, stack, window, features,
    reserved (the board's boot loader or radio stack), firmware (the user's own), free.
    """

    name: str
    kind: str
    bytes: int
    exact: bool = True


@dataclass(frozen=True)
class MemoryUse:
    """Flash or RAM by part against what the board has; ``low`` and ``high`` bound the estimated parts."""

    parts: tuple[MemoryPart, ...]
    limit: int
    low: int
    high: int

    @property
    def used(self) -> int:
        return sum(part.bytes for part in self.parts)

    @property
    def free(self) -> int:
        """Bytes left over; negative when the model does not fit."""
        return self.limit - self.used

    def of_kind(self, kind: str) -> int:
        """Bytes of all parts of one kind."""
        return sum(part.bytes for part in self.parts if part.kind == kind)


@dataclass(frozen=True)
class ArenaReport:
    """The arena of TensorFlow Lite Micro.

    ``used`` is what ``arena_used_bytes()`` prints on the board, ``required`` the smallest arena that works,
    ``planned`` its part with tensors and scratch buffers, ``live_set`` the largest sum of buffers alive at once.
    ``classes`` says how many bytes of ``used`` each kind of allocation takes.
    """

    used: int
    required: int
    planned: int
    live_set: int
    plan: MemoryPlan
    classes: tuple[MemoryPart, ...] = ()


@dataclass(frozen=True)
class MemoryReport:
    """All of a model's memory on one board with one engine."""

    board: str
    engine: str
    operators: tuple[str, ...]
    arena: ArenaReport
    flash: MemoryUse
    ram: MemoryUse

    @property
    def fits(self) -> bool:
        return self.flash.free >= 0 and self.ram.free >= 0

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries for JSON; sizes in bytes."""
        return {
            "board": self.board,
            "engine": self.engine,
            "arena": {
                "used": self.arena.used,
                "required": self.arena.required,
                "planned": self.arena.planned,
                "live_set": self.arena.live_set,
                "classes": {part.name: part.bytes for part in self.arena.classes},
                "tensors": [
                    {
                        "name": placement.name,
                        "offset": placement.offset,
                        "bytes": placement.bytes,
                        "first_op": placement.first_op,
                        "last_op": placement.last_op,
                    }
                    for placement in self.arena.plan.placements
                ],
            },
            "flash": {
                "code": self.flash.of_kind("code") + self.flash.of_kind("vectors"),
                "weights": self.flash.of_kind("weights"),
                "other": self.flash.used
                - self.flash.of_kind("code")
                - self.flash.of_kind("vectors")
                - self.flash.of_kind("weights"),
                "total": self.flash.used,
                "limit": self.flash.limit,
                "parts": [_part_json(part) for part in self.flash.parts],
            },
            "ram": {
                "total": self.ram.used,
                "limit": self.ram.limit,
                "parts": [_part_json(part) for part in self.ram.parts],
            },
            "fits": self.fits,
        }


def _part_json(part: MemoryPart) -> dict[str, Any]:
    return {"name": part.name, "kind": part.kind, "bytes": part.bytes, "exact": part.exact}
