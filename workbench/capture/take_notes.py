"""What is kept in words with a take and with each of its parts: whose clock, what is missing and where."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.capture.clock import GIVEN, NOBODYS
from workbench.capture.status import TakePart
from workbench.quantities import quantity, with_uncertainty

_PLACES_NAMED = 6


def note_of_part(part: TakePart) -> str:
    """Where the rate comes from, the gap ahead of the part, and the readings missing within it."""
    off_hz = 0.0 if part.clock == GIVEN else part.rate_plus_minus_hz
    roughly = "" if off_hz is not None else ", roughly"
    notes = [f"Rate by {part.clock.words}: {with_uncertainty(part.rate_hz, off_hz, 'Hz')}{roughly}."]
    if part.clock == NOBODYS:
        notes = [f"All of it came at once: its rate is not known, and set to {quantity(part.rate_hz, 'Hz')}."]
    if part.gap_before_s is not None:
        notes.append(f"Begins after a gap of {quantity(part.gap_before_s, 's')}.")
    if part.missing:
        readings = sum(one.readings for one in part.missing)
        places = [f"{one.readings} before row {one.row + 1:,}" for one in part.missing[:_PLACES_NAMED]]
        more = len(part.missing) - len(places)
        rest = f" and at {more:,} more places" if more else ""
        notes.append(
            f"{readings:,} {'reading is' if readings == 1 else 'readings are'} missing: {', '.join(places)}{rest}."
        )
    return " ".join(notes)


def note_of_take(parts: Sequence[TakePart], bad_lines: int, problem: str) -> str:
    """What the person should know about a take; "" when all is well."""
    notes = [problem] if problem else []
    gaps = len(parts) - 1
    if gaps > 0:
        notes.append(f"The take is in {len(parts)} parts: {'a gap lies' if gaps == 1 else 'gaps lie'} between them.")
    if bad_lines:
        notes.append(
            "One damaged line is left out." if bad_lines == 1 else f"{bad_lines:,} damaged lines are left out."
        )
    return " ".join(notes)
