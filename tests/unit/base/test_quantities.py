"""Numbers as people read them."""

from __future__ import annotations

import pytest

from workbench.figures import Figure
from workbench.quantities import (
    THIN_SPACE,
    band,
    bare_kilobytes,
    duration,
    exact_bytes,
    figure,
    lifetime,
    quantity,
    three_digits,
    unbroken,
    with_prefix,
    with_uncertainty,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (4.1, "4.10"), (0.01234, "0.0123"), (99.96, "100"), (9.996, "10.0"), (12345, "12,345"), (-2.5, "-2.50")],
)
def test_three_significant_digits(value: float, words: str) -> None:
    assert three_digits(value) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.0041, "s", "4.10\u2009ms"),
        (0.9999, "s", "1.00\u2009s"),
        (1.8e-4, "J", "180\u2009µJ"),
        (0, "s", "0\u2009s"),
        (5e-10, "J", "0.500\u2009nJ"),
    ],
)
def test_prefixes(value: float, unit: str, words: str) -> None:
    assert with_prefix(value, unit) == words


def test_units_choose_their_words() -> None:
    assert quantity(62669, "B") == "61.2\u2009KB"
    assert exact_bytes(62669) == "62,669\u2009B"
    assert unbroken(f"Over by {quantity(62669, 'B')}.") == "Over by 61.2\u202fKB."
    assert [bare_kilobytes(size) for size in (62669, 103, 102, 0)] == ["61.2", "0.1", "102\u2009B", "0.0"]
    assert quantity(0.912, "1") == "91.2\u2009%"
    assert quantity(1.234, "°C") == "1.23\u2009°C"
    assert quantity(None, "B") == "–"


def test_figures_show_value_and_band() -> None:
    assert figure(Figure()) == "–"
    assert band(Figure(value=2.0, unit="s", low=1.0, high=4.0)) == "1.00\u2009s to 4.00\u2009s"
    assert band(Figure(value=2.0, unit="s")) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0.0 s"),
        (2.54, "2.5 s"),
        (59.97, "1 min"),
        (200.0, "3 min 20 s"),
        (18_600.0, "5 h 10 min"),
        (604_800.0, "7 d"),
        (90_000.0, "1 d 1 h"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds).replace(THIN_SPACE, " ") == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(90, "1.50 min"), (7200, "2.00 h"), (86_400 * 9.128, "9.13 d"), (86_400 * 213, "213 d"), (1e8, "3.17 years")],
)
def test_lifetimes(seconds: float, words: str) -> None:
    assert lifetime(seconds).replace(THIN_SPACE, " ") == words


def test_times_of_any_size() -> None:
    assert [quantity(seconds, "s").replace(THIN_SPACE, " ") for seconds in (0.0571, 2.7, 200)] == [
        "57.1 ms", "2.70 s", "3 min 20 s",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "plus_minus", "words"),
    [
        (199.9701, 0.0085, "199.970 ± 0.009"),
        (1140.1, 223.0, "1,140 ± 220"),
        (831.6, 420.0, "800 ± 400"),
        (104.1667, 0.0, "104.167"),
        (104.1667, None, "104"),
    ],
)
def test_no_digit_is_shown_that_is_not_known(value: float, plus_minus: float | None, words: str) -> None:
    assert with_uncertainty(value, plus_minus, "Hz") == f"{words}\u2009Hz"
