"""Flash or RAM as blocks against what a board has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workbench.boards import MemoryRegion


class PartKind(StrEnum):
    """What a block of flash or RAM holds."""

    RESERVED = "reserved"  # the board's boot loader, operating system or radio stack
    VECTORS = "vectors"
    CODE = "code"
    WEIGHTS = "weights"
    MODEL = "model"  # the model file's other bytes: its graph
    STRINGS = "strings"  # names and descriptions in the model file
    ARENA = "arena"
    SPARE = "spare"  # of the arena, for versions of the runtime that need more
    INTERPRETER = "interpreter"
    STACK = "stack"
    WINDOW = "window"
    FEATURES = "features"
    FRAME = "frame"  # the camera driver's
    FIRMWARE = "firmware"  # the user's own


@dataclass(frozen=True)
class MemoryPart:
    """A block: what lies there and how many bytes it takes; ``exact`` is False for an estimate.

    Weights name the (subgraph, operator) that reads them, the first one where several do; None where none does.
    """

    name: str
    kind: PartKind
    bytes: int
    exact: bool = True
    operator: tuple[int, int] | None = None


@dataclass(frozen=True)
class RegionUse:
    """A region of RAM beside the one that the program's data lie in, and what is put there."""

    region: MemoryRegion
    parts: tuple[MemoryPart, ...] = ()

    @property
    def used(self) -> int:
        return sum(part.bytes for part in self.parts)

    @property
    def free(self) -> int:
        return self.region.bytes - self.used


@dataclass(frozen=True)
class MemoryUse:
    """All blocks of flash or RAM in the order they lie, and the board's whole flash or RAM as ``limit``.

    ``low`` and ``high`` bound ``used``: they are not equal to it because parts are estimated. RAM that is made of
    adjoining regions names them in ``made_of``, the lowest first; ``elsewhere`` are regions at other addresses, which
    count neither as ``limit`` nor as ``used``.
    """

    parts: tuple[MemoryPart, ...]
    limit: int
    low: int
    high: int
    note: str = ""
    made_of: tuple[MemoryRegion, ...] = ()
    elsewhere: tuple[RegionUse, ...] = ()

    @property
    def used(self) -> int:
        return sum(part.bytes for part in self.parts)

    @property
    def free(self) -> int:
        """Bytes left over; negative when it does not fit."""
        return self.limit - self.used

    @property
    def fits(self) -> bool:
        return self.free >= 0 and all(other.free >= 0 for other in self.elsewhere)

    def of_kind(self, *kinds: PartKind) -> int:
        """Bytes of all blocks of some kinds."""
        return sum(part.bytes for part in self.parts if part.kind in kinds)

    @property
    def weights(self) -> dict[tuple[int, int] | None, int]:
        """Bytes of weights by the operator that reads them, in the model's order; those that none reads come last."""
        sizes: dict[tuple[int, int] | None, int] = {}
        for part in self.parts:
            if part.kind is PartKind.WEIGHTS:
                sizes[part.operator] = sizes.get(part.operator, 0) + part.bytes
        return dict(sorted(sizes.items(), key=lambda entry: (entry[0] is None, entry[0] or ())))
