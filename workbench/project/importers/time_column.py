"""The sampling rate from a column of times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SECONDS = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "millis": 1e-3, "milliseconds": 1e-3}
SECONDS |= {"us": 1e-6, "µs": 1e-6, "micros": 1e-6, "microseconds": 1e-6, "ns": 1e-9, "nanoseconds": 1e-9}
_NAMES = {"time", "t", "timestamp", "timestamps", "datetime", "date", "tick", "ticks", "clock"}
_GAP = 2.5  # steps


@dataclass(frozen=True)
class Timing:
    """The rate that a time column implies, and what to tell of it."""

    rate_hz: float
    note: str


def is_time_name(name: str) -> bool:
    """Whether a column of this name holds times: ``time``, ``t``, ``timestamp_ms``, ``millis`` and the like."""
    words = _words(name)
    if len(words) == 1 and len(words[0]) > 1 and words[0] in SECONDS:
        return True
    return bool(words) and words[0] in _NAMES and all(word in SECONDS for word in words[1:])


def unit_in_name(name: str) -> float | None:
    """Seconds per unit when the column's name tells its unit (``time_ms``, ``micros``)."""
    return next((SECONDS[word] for word in reversed(_words(name)) if word in SECONDS), None)


def _words(name: str) -> list[str]:
    for mark in "_-()[]/.":
        name = name.replace(mark, " ")
    return name.lower().split()


def guess_unit(times: np.ndarray) -> float:
    """Seconds per unit by the size of the steps: fractions are seconds, whole numbers ms, large ones µs or ns."""
    steps = np.abs(np.diff(times))
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    whole = bool((times == np.rint(times)).all())
    if not whole and step < 1:
        return 1.0
    if step < 1000:
        return 1e-3
    return 1e-6 if step < 1_000_000 else 1e-9


def timing(times: np.ndarray, seconds_per_unit: float, column: str) -> Timing | None:
    """The rate of float64 (n,) times; None when they do not advance.

    The median step finds what is a gap; the rate is the mean of the steps that are none, so that a clock of
    whole milliseconds (10, 10, 11, …) does not bias it.
    """
    steps = np.diff(times) * seconds_per_unit
    forward = steps[steps > 0]
    if not len(forward):
        return None
    unit = {1.0: "s", 1e-3: "ms", 1e-6: "µs", 1e-9: "ns"}.get(seconds_per_unit, "")
    remarks = []
    if (steps == 0).mean() > 0.2:
        # Several readings share one time: only the whole stretch tells the rate.
        typical = float(steps[steps >= 0].sum() / (steps >= 0).sum())
        remarks.append("times bunch together")
    else:
        median = float(np.median(forward))
        regular = forward[forward <= _GAP * median]
        typical = float(regular.mean())
        gaps = forward[forward > _GAP * median]
        if len(gaps):
            remarks.append(f"gaps in time: {len(gaps)}, the longest {gaps.max():.3g} s")
    if (steps < 0).any():
        remarks.append(f"steps back in time: {int((steps < 0).sum())}")
    rate_hz = 1 / typical
    # A clock's rounding must not turn 50 Hz into 49.99997.
    rate_hz = float(f"{rate_hz:.5g}")
    told = f"{rate_hz:g} Hz from the column {column!r} in {unit}"
    return Timing(rate_hz, "; ".join([told, *remarks]))
