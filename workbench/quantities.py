"""Numbers as people read them: one way for the window, the command line and the files we write."""

from __future__ import annotations

import math

from workbench.figures import Figure

NOTHING = "–"
THIN_SPACE = "\u2009"
_MINUTE_S = 60
_NO_BREAK = "\u202f"  # as narrow
_KB = 1024
_PREFIXES = ((1e-9, "n"), (1e-6, "µ"), (1e-3, "m"), (1.0, ""), (1e3, "k"), (1e6, "M"))

# From the longest: a unit, its seconds, the unit of what is left, and the seconds of that.
_DURATIONS = (("d", 86_400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1))
# From the longest: a unit, the seconds from which on it is used, and the seconds of one.
_YEAR_S = 31_557_600
_LIFETIMES = (("years", 2 * _YEAR_S, _YEAR_S), ("d", 86_400, 86_400), ("h", 3600, 3600), ("min", 60, 60))


def kilobytes(size: float) -> str:
    """Bytes as KB of 1,024 with one decimal: ``1,024.0 KB``."""
    return f"{size / _KB:,.1f}{THIN_SPACE}KB"


def short_bytes(size: float) -> str:
    """Bytes as KB, and to the last one where KB would leave nothing of them: ``8 B``."""
    return kilobytes(size) if size >= _KB / 10 else exact_bytes(size)


def bare_kilobytes(size: float) -> str:
    """Bytes as KB without the unit, where it stands nearby: ``22.3``; ``8 B`` where KB would leave nothing of them."""
    return exact_bytes(size) if 0 < size < _KB / 10 else f"{size / _KB:,.1f}"


def exact_bytes(size: float) -> str:
    """Bytes to the last one: ``62,669 B``."""
    return f"{size:,.0f}{THIN_SPACE}B"


def percent(share: float) -> str:
    """A share of 1 with one decimal: ``91.2 %``."""
    return f"{share * 100:.1f}{THIN_SPACE}%"


def unbroken(words: str) -> str:
    """Words that may wrap, but never between a number and its unit: lines are broken at thin spaces."""
    return words.replace(THIN_SPACE, _NO_BREAK)


def three_digits(value: float) -> str:
    """A number with three significant digits and no exponent."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    rounded = round(value, decimals)
    # 99.96 becomes 100.0 here; one decimal less says the same.
    decimals = max(0, 2 - math.floor(math.log10(abs(rounded)))) if rounded else decimals
    return f"{rounded:,.{decimals}f}"


def with_prefix(value: float, unit: str) -> str:
    """A physical quantity with the prefix that keeps it between 1 and 1,000: ``4.10 ms``."""
    size = abs(value)
    factor, prefix = _PREFIXES[0]
    for factor, prefix in reversed(_PREFIXES):  # noqa: B007  # both are used after the loop
        if size >= factor * 0.9995:
            break
    return f"{three_digits(value / factor)}{THIN_SPACE}{prefix}{unit}" if size else f"0{THIN_SPACE}{unit}"


def quantity(value: float | None, unit: str) -> str:
    """A value in the words of its unit: B as KB, s and J with a prefix (long times as ``2 h``), 1 in percent."""
    if value is None:
        return NOTHING
    match unit:
        case "B":
            return kilobytes(value)
        case "s" | "J" | "A" | "W":
            return duration(value) if unit == "s" and value >= _MINUTE_S else with_prefix(value, unit)
        case "1":
            return percent(value)
        case "":
            return three_digits(value)
        case _:
            return f"{three_digits(value)}{THIN_SPACE}{unit}"


def with_uncertainty(value: float, plus_minus: float | None, unit: str) -> str:
    """A measured value and its uncertainty, to the first digit of that, or to the second where it begins with 1 or 2.

    So that neither claims more than is known: ``199.97 ± 0.08 Hz``, ``1,140 ± 220 Hz``.
    """
    if plus_minus is None or not math.isfinite(plus_minus):
        return quantity(value, unit)
    if not plus_minus:
        return f"{value:,.6g}{THIN_SPACE}{unit}"
    power = math.floor(math.log10(plus_minus))
    decimals = (1 if plus_minus < 3 * 10**power else 0) - power
    shown, off = (f"{round(one, decimals):,.{max(0, decimals)}f}" for one in (value, plus_minus))
    return f"{shown} ± {off}{THIN_SPACE}{unit}"


def duration(seconds: float) -> str:
    """How long something is, as one says it: ``2.5 s``, ``3 min 20 s``, ``5 h 10 min``, ``7 d``."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f}{THIN_SPACE}s"
    whole = round(seconds)
    unit, size, smaller, part = next(one for one in _DURATIONS if whole >= one[1])
    rest = whole % size // part
    return f"{whole // size}{THIN_SPACE}{unit}" + (f" {rest}{THIN_SPACE}{smaller}" if rest else "")


def lifetime(seconds: float) -> str:
    """How long a battery lasts, with three significant digits: ``9.13 d``, ``213 d``, ``3.42 years``."""
    unit, _least, size = next((one for one in _LIFETIMES if seconds >= one[1]), _LIFETIMES[-1])
    return f"{three_digits(seconds / size)}{THIN_SPACE}{unit}"


def figure(shown: Figure) -> str:
    """A figure's value in words, or ``–`` when nothing is known."""
    return quantity(shown.value, shown.unit)


def band(shown: Figure) -> str:
    """The band of a figure: ``3.2 ms to 5.1 ms``; empty when it is exact or unknown."""
    if shown.value is None or shown.low is None or shown.high is None or shown.low == shown.high:
        return ""
    return f"{quantity(shown.low, shown.unit)} to {quantity(shown.high, shown.unit)}"
