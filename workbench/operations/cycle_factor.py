"""How a board's measured cycles stand to those of the model of its core: remembered once somebody measured."""

from __future__ import annotations

from workbench.settings import preference, remember

_FACTORS = "cycle_factors"


def cycle_factor(board_id: str) -> float | None:
    """Measured over modelled cycles of a board; None until one was measured."""
    known = preference(_FACTORS, {})
    found = known.get(board_id) if isinstance(known, dict) else None
    return float(found) if isinstance(found, int | float) and found > 0 else None


def remember_cycle_factor(board_id: str, measured: float, modelled: float) -> float:
    """Keep measured over modelled cycles of a board for all later figures; returns the factor."""
    if measured <= 0 or modelled <= 0:
        raise ValueError("cycles are positive")
    remember(_FACTORS, {**preference(_FACTORS, {}), board_id: measured / modelled})
    return measured / modelled
