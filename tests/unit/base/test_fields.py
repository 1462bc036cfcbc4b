"""Settings as dataclasses: one description for form, command line and project."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass

import pytest

from workbench.errors import BadSetting
from workbench.fields import add_arguments, check, from_arguments, from_json, setting, settings_of, to_json


@dataclass(frozen=True)
class Oven:
    degrees: float = setting(180.0, help="How hot", unit="°C", low=50, high=250)
    minutes: int = setting(30, help="How long", low=1, high=600)
    fan: bool = setting(True, help="Whether the fan runs")
    dish: str = setting("cake", help="What is baked", choices=("cake", "bread"))
    extras: tuple[str, ...] = setting((), help="What goes in")


def test_a_round_trip_through_json_changes_nothing() -> None:
    oven = Oven(degrees=99.5, minutes=1, fan=False, dish="bread", extras=("salt", "100 % rye"))
    assert from_json(Oven, to_json(oven)) == oven


def test_unknown_names_are_ignored_and_missing_ones_take_the_default() -> None:
    assert from_json(Oven, {"minutes": 5, "steam": 3}) == Oven(minutes=5)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"degrees": 251}, "Degrees is 251 °C. It must lie between 50 and 250 °C."),
        ({"degrees": math.nan}, "Degrees is nan °C."),
        ({"degrees": "hot"}, "Degrees takes a number, not 'hot'."),
        ({"minutes": 2.5}, "Minutes takes a whole number"),
        ({"minutes": True}, "Minutes takes a whole number"),
        ({"fan": 1}, "Fan takes true or false"),
        ({"dish": "soup"}, "Choose one of: cake, bread."),
        ({"extras": "salt"}, "Extras takes a list of words"),
    ],
)
def test_a_bad_value_is_named_with_what_to_do(data: dict[str, object], words: str) -> None:
    with pytest.raises(BadSetting) as caught:
        from_json(Oven, data)
    assert words in str(caught.value)


def test_something_that_is_no_table_is_refused() -> None:
    with pytest.raises(BadSetting):
        from_json(Oven, [1, 2])  # type: ignore[arg-type]  # that is the point


def test_check_finds_what_was_set_in_code() -> None:
    assert check(Oven()) == Oven()
    with pytest.raises(BadSetting):
        check(Oven(minutes=0))


def test_settings_carry_title_unit_and_bounds() -> None:
    first = settings_of(Oven)[0]
    assert (first.title, first.unit, first.low, first.high, first.default) == ("Degrees", "°C", 50, 250, 180.0)


def test_the_command_line_changes_only_what_is_given() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser, Oven)
    saved = Oven(degrees=60.0, extras=("salt",))
    arguments = parser.parse_args(["--minutes", "7", "--no-fan", "--extras"])
    assert from_arguments(Oven, arguments, saved) == Oven(degrees=60.0, minutes=7, fan=False, extras=())
    assert "(at first: 180.0)" in parser.format_help()
