"""A number on the screen, with how it is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """How a figure is known, from the weakest to the strongest."""

    ESTIMATED = "estimated"
    EVALUATED = "evaluated"  # a model run on a split of the data
    COMPILED = "compiled"
    EMULATED = "emulated"
    MEASURED = "measured on board"


@dataclass(frozen=True)
class Part:
    """A named share of a figure, in the figure's unit."""

    name: str
    value: float


@dataclass(frozen=True)
class Figure:
    """One value with its unit, source, band, limit and parts.

    ``value`` is None when nothing is known: shown as "–". ``low`` and ``high`` bound it when it is not
    exact; ``limit`` is the board's, in the same unit; ``note`` says in words what the source did.
    """

    value: float | None = None
    unit: str = ""
    source: Source | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    parts: tuple[Part, ...] = ()
    note: str = ""

    @property
    def fits(self) -> bool | None:
        """Whether the value is within the limit; None when either is unknown."""
        if self.value is None or self.limit is None:
            return None
        return self.value <= self.limit


UNKNOWN = Figure()


def parts_by_name(figure: Figure) -> dict[str, float]:
    """A figure's parts as plain data, in the figure's unit."""
    return {part.name: part.value for part in figure.parts}
