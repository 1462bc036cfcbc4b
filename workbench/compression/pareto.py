"""What no other beats: the Pareto front."""

from __future__ import annotations

from collections.abc import Sequence


def dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether ``one`` is nowhere worse than ``other`` and somewhere better; of every number less is better."""
    return all(a <= b for a, b in zip(one, other, strict=True)) and any(a < b for a, b in zip(one, other, strict=True))


def pareto_front(points: Sequence[Sequence[float]]) -> list[int]:
    """The places of the points that none dominates, in their order; of equal ones the first."""
    found: list[int] = []
    for place, point in enumerate(points):
        beaten = any(dominates(other, point) for other in points)
        if not beaten and all(tuple(points[earlier]) != tuple(point) for earlier in found):
            found.append(place)
    return found
