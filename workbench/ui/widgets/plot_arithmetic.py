"""The arithmetic of plots: round axis bounds, and envelopes that keep every peak however small the plot is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.quantities import THIN_SPACE

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def round_step(span: float, steps: int) -> float:
    """The smallest of 1, 2, 2.5, 5 x 10^n that covers ``span`` (> 0) in at most ``steps`` steps."""
    rough = span / steps
    power: float = 10.0 ** math.floor(math.log10(rough))
    return power * next(factor for factor in _ROUND if factor * power >= rough * (1 - 1e-9))


def round_range(low: float, high: float, steps: int = 4) -> tuple[float, float]:
    """Bounds on round numbers around ``low``..``high``; never empty, so that a constant can be drawn too."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return -1.0, 1.0
    if high - low <= max(abs(low), abs(high)) * 1e-9:
        half = abs(low) * 0.1 or 1.0
        low, high = low - half, high + half
    step = round_step(high - low, steps)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def round_ticks(low: float, high: float, steps: int = 4) -> list[float]:
    """Round numbers within ``low``..``high``, about ``steps`` of them."""
    if not high > low:
        return []
    step = round_step(high - low, steps)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def time_unit(seconds: float) -> tuple[float, str]:
    """The unit that a stretch of ``seconds`` reads well in: its length in seconds, and its name."""
    for length, name, least in ((86_400.0, "d", 3 * 86_400.0), (3600.0, "h", 3 * 3600.0), (60.0, "min", 600.0)):
        if seconds >= least:
            return length, name
    return 1.0, "s"


def duration(seconds: float) -> str:
    """A time in its unit: ``49.1 s``, ``81.4 min``, ``24 h``."""
    length, name = time_unit(seconds)
    return f"{seconds / length:.4g}{THIN_SPACE}{name}"


def rate_in_words(rate_hz: float) -> str:
    """How often a reading comes: ``50 Hz``, or ``one in 60 min`` for slow sensors."""
    return f"{rate_hz:.4g}{THIN_SPACE}Hz" if rate_hz >= 0.1 else f"one in {duration(1 / rate_hz)}"


def number(value: float) -> str:
    """A tick's number: short, with no exponent where it can be avoided."""
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e6:
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return f"{value:.2g}"


def envelope(values: NDArray[np.float32], columns: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lowest and highest value in each of at most ``columns`` equal stretches of ``values`` (n, ...).

    Returns two arrays (min(n, columns), ...). What is not a number counts as the lowest finite value of the
    whole, so that one bad reading does not blank a plot.
    """
    rows = len(values)
    if rows == 0 or columns <= 0:
        empty = np.empty((0, *values.shape[1:]), np.float32)
        return empty, empty
    if not np.isfinite(values).all():
        finite = values[np.isfinite(values)]
        values = np.where(np.isfinite(values), values, finite.min() if len(finite) else np.float32(0))
    if rows <= columns:
        return values, values
    starts = np.linspace(0, rows, columns, endpoint=False).astype(np.intp)
    return np.minimum.reduceat(values, starts, axis=0), np.maximum.reduceat(values, starts, axis=0)


def peaks(
    times: NDArray[np.float64], values: NDArray[np.float32], columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Points to draw in place of ``values`` (n,) at ``times`` (n,): two a column, its lowest and its highest."""
    if len(values) <= 2 * columns:
        return times, values
    low, high = envelope(values, columns)
    starts = np.linspace(0, len(values), columns, endpoint=False).astype(np.intp)
    drawn = np.empty(2 * columns, np.float32)
    drawn[0::2], drawn[1::2] = low, high
    return np.repeat(times[starts], 2), drawn


def torn(
    times: NDArray[np.float64], values: NDArray[np.float32], gaps: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """The points (n,) with one that is no number ahead of each of ``gaps`` (s): a line through them breaks there."""
    places = np.searchsorted(times, np.asarray(gaps, np.float64))
    places = places[(places > 0) & (places < len(times))]
    return np.insert(times, places, times[places]), np.insert(values, places, np.float32(np.nan))


def lane_ranges(
    low: NDArray[np.float32], high: NDArray[np.float32], units: tuple[str, ...]
) -> list[tuple[float, float]]:
    """A round range a channel; channels in the same unit share one, so that they can be compared by eye.

    ``low`` and ``high`` are (channels,). A channel without a unit stands for itself. Channels in one unit are
    kept apart where sharing would flatten one of them (less than a quarter of the range): gravity on one axis.
    """
    own = [round_range(float(a), float(b)) for a, b in zip(low, high, strict=True)]
    shared: list[tuple[float, float]] = list(own)
    for unit in {unit for unit in units if unit}:
        members = [index for index, other in enumerate(units) if other == unit]
        bottom, top = min(float(low[i]) for i in members), max(float(high[i]) for i in members)
        if all(float(high[i]) - float(low[i]) >= (top - bottom) / 4 for i in members):
            for index in members:
                shared[index] = round_range(bottom, top)
    return shared
