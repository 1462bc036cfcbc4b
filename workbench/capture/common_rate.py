"""One rate for the parts of a take: a gap changes nothing about the board's clock."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from workbench.capture.clock import COMPUTER, GIVEN, NOBODYS
from workbench.capture.status import TakePart

_SURELY = 1.5  # half widths of the 95 % interval: about three standard errors
_ROUGHLY = 0.5  # a part of some lumps is off by so much at most, else the board has changed its rate


def with_common_rate(parts: Sequence[TakePart]) -> list[TakePart]:
    """The parts, with one rate for those of the same channels whose own rates do not contradict each other.

    It is their mean, weighted by how surely each is known (the inverse variance). A part too short to tell its rate
    takes over that of the others.
    """
    done: dict[int, TakePart] = {}
    surest_first = sorted(range(len(parts)), key=lambda place: _unsure(parts[place]))
    for leader in surest_first:
        if leader in done:
            continue
        group = [place for place in surest_first if place not in done and _agree(parts[leader], parts[place])]
        done |= dict(zip(group, _averaged([parts[place] for place in group]), strict=True))
    return [done[place] for place in range(len(parts))]


def _unsure(part: TakePart) -> float:
    """How little its rate is known."""
    known = part.rate_plus_minus_hz
    return math.inf if part.clock == NOBODYS or known is None else known / part.rate_hz


def _agree(leader: TakePart, part: TakePart) -> bool:
    if leader is part:
        return True
    if leader.channels != part.channels or math.isinf(_unsure(leader)) or leader.clock == GIVEN:
        return False
    off_hz = abs(part.rate_hz - leader.rate_hz)
    if part.clock == NOBODYS:
        return True
    if part.rate_plus_minus_hz is None:
        return part.clock in (COMPUTER, leader.clock) and off_hz <= _ROUGHLY * leader.rate_hz
    return part.clock == leader.clock and off_hz <= _SURELY * math.hypot(
        leader.rate_plus_minus_hz or 0.0, part.rate_plus_minus_hz
    )


def _averaged(group: Sequence[TakePart]) -> list[TakePart]:
    """The surest comes first."""
    known = [(one.rate_hz, one.rate_plus_minus_hz) for one in group if one.rate_plus_minus_hz]
    if len(group) == 1 or not known:
        return list(group)
    weights = [1 / plus_minus_hz**2 for _, plus_minus_hz in known]
    hz = sum(weight * rate_hz for weight, (rate_hz, _) in zip(weights, known, strict=True)) / sum(weights)
    plus_minus_hz = 1 / math.sqrt(sum(weights))
    return [
        dataclasses.replace(one, rate_hz=hz, rate_plus_minus_hz=plus_minus_hz, clock=group[0].clock) for one in group
    ]
