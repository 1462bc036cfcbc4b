"""Settings as dataclasses: unit, bounds and help stand in the field.

The form on a page, the command-line flags and the saved project all derive from them, so a setting is
written down once. Fields may be ``bool``, ``int``, ``float``, ``str`` or ``tuple[str, ...]``.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import typing
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from workbench.errors import BadSetting

S = TypeVar("S")
Value = bool | int | float | str | tuple[str, ...]

_KEY = "setting"


@dataclass(frozen=True)
class Setting:
    """What is known of one field of a settings dataclass."""

    name: str
    kind: type  # bool, int, float, str or tuple
    default: Value
    title: str
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def setting(
    default: Any,
    *,
    help: str,
    title: str = "",
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field with its help, unit and bounds (both inclusive)."""
    details = {"title": title, "help": help, "unit": unit, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata={_KEY: details})


def settings_of(cls: type[Any]) -> tuple[Setting, ...]:
    """The settings of a dataclass, in the order they are written."""
    hints = typing.get_type_hints(cls)
    found = []
    for field in dataclasses.fields(cls):
        details = dict(field.metadata[_KEY])
        details["title"] = details["title"] or field.name.replace("_", " ").capitalize()
        kind = typing.get_origin(hints[field.name]) or hints[field.name]
        found.append(Setting(name=field.name, kind=kind, default=cast(Value, field.default), **details))
    return tuple(found)


def _checked(info: Setting, value: Any) -> Value:
    """``value`` as the field's own type, or BadSetting."""
    if info.kind is tuple:
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise BadSetting(f"{info.title} takes a list of words, not {value!r}.", where=info.name)
        return tuple(value)
    if info.kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, info.kind) or (info.kind is int and isinstance(value, bool)):
        raise BadSetting(f"{info.title} takes {_kind_in_words(info)}, not {value!r}.", where=info.name)
    if info.choices and value not in info.choices:
        allowed = ", ".join(info.choices)
        raise BadSetting(f"{info.title} cannot be {value!r}.", where=info.name, to_do=f"Choose one of: {allowed}.")
    if info.kind is not bool and isinstance(value, int | float):
        low = -math.inf if info.low is None else info.low
        high = math.inf if info.high is None else info.high
        if not low <= value <= high:  # NaN fails too
            unit = f" {info.unit}" if info.unit else ""
            raise BadSetting(
                f"{info.title} is {value:,.10g}{unit}.",
                where=info.name,
                to_do=f"It must lie between {low:,.10g} and {high:,.10g}{unit}.",
            )
    return cast(Value, value)


def _kind_in_words(info: Setting) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}[info.kind]


def check(settings: S) -> S:
    """``settings`` unchanged when every value is within its bounds, else BadSetting."""
    for info in settings_of(type(settings)):
        _checked(info, getattr(settings, info.name))
    return settings


def to_json(settings: Any) -> dict[str, Any]:
    """A plain dictionary for JSON."""
    return dataclasses.asdict(settings)


def from_json(cls: type[S], data: Mapping[str, Any]) -> S:
    """A settings object; names the class does not know are ignored, so that older programs open newer projects."""
    if not isinstance(data, Mapping):
        raise BadSetting("The settings are not a table of names and values.", where=cls.__name__)
    values = {info.name: _checked(info, data[info.name]) for info in settings_of(cls) if info.name in data}
    return cls(**values)


class _TakesArguments(Protocol):
    """A parser or a group of one."""

    def add_argument(self, *names: str, **details: Any) -> argparse.Action: ...


def _argument(info: Setting, prefix: str) -> str:
    return f"{prefix}_{info.name}" if prefix else info.name


def add_arguments(
    parser: _TakesArguments, cls: type[Any], prefix: str = "", *, leave_out: Collection[str] = ()
) -> None:
    """One ``--flag`` a field; a flag that is not given is None, so that the saved setting stays.

    A ``prefix`` keeps two classes apart that have a field of the same name: ``--split-seed``. What a command says in
    another way is left out.
    """
    for info in settings_of(cls):
        if info.name in leave_out:
            continue
        name = _argument(info, prefix)
        flag = "--" + name.replace("_", "-")
        unit = f" [{info.unit}]" if info.unit else ""
        shown = _shown(info.default)
        text = f"{info.help}{unit}{f' (at first: {shown})' if shown else ''}".replace("%", "%%")
        if info.kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=text)
        elif info.kind is tuple:
            parser.add_argument(flag, nargs="*", default=None, help=text)
        else:
            choices = info.choices or None
            metavar = None if choices else info.kind.__name__.upper()
            parser.add_argument(flag, type=info.kind, choices=choices, default=None, metavar=metavar, help=text)


def _shown(value: Value) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def from_arguments(cls: type[S], arguments: argparse.Namespace, saved: S, prefix: str = "") -> S:
    """``saved`` with the flags that were given on the command line."""
    given = {info.name: getattr(arguments, _argument(info, prefix), None) for info in settings_of(cls)}
    return from_json(cls, to_json(saved) | {name: value for name, value in given.items() if value is not None})
