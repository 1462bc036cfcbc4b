"""Flash or RAM as blocks against what a board has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What a block of flash or RAM holds."""

    RESERVED = "reserved"  # the board's boot loader, operating system or radio stack
    VECTORS = "vectors"
    CODE = "code"
    WEIGHTS = "weights"
    MODEL = "model"  # the model file's other bytes: its graph, names and descriptions
    ARENA = "arena"
    SPARE = "spare"  # of the arena, for versions of the runtime that need more
    INTERPRETER = "interpreter"
    STACK = "stack"
    WINDOW = "window"
    FEATURES = "features"
    FIRMWARE = "firmware"  # the user's own


@dataclass(frozen=True)
class MemoryPart:
    """A block: what lies there and how many bytes it takes; ``exact`` is False for an estimate."""

    name: str
    kind: PartKind
    bytes: int
    exact: bool = True


@dataclass(frozen=True)
class MemoryUse:
    """All blocks of flash or RAM in the order they lie, and the board's whole flash or RAM as ``limit``.

    ``low`` and ``high`` bound ``used``: they are not equal to it because parts are estimated.
    """

    parts: tuple[MemoryPart, ...]
    limit: int
    low: int
    high: int
    note: str = ""

    @property
    def used(self) -> int:
        return sum(part.bytes for part in self.parts)

    @property
    def free(self) -> int:
        """Bytes left over; negative when it does not fit."""
        return self.limit - self.used

    @property
    def fits(self) -> bool:
        return self.free >= 0

    def of_kind(self, *kinds: PartKind) -> int:
        """Bytes of all blocks of some kinds."""
        return sum(part.bytes for part in self.parts if part.kind in kinds)
