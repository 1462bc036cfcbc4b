"""A TOML table read strictly: every key is asked for by name and type, and what is left over is an error."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, cast

from workbench.errors import BadBoard

LONGEST_TEXT = 2_000  # characters
LONGEST_LIST = 64
_REQUIRED = object()


class Table:
    """A TOML table whose keys are taken one by one; what is left over is unknown."""

    def __init__(self, values: object, where: str, path: str = "") -> None:
        self._where, self._path = where, path
        if not isinstance(values, dict):
            raise self.error("", f"needs a table, not {in_words(values)}.")
        self._values: dict[str, Any] = values
        self._asked: list[str] = []

    def error(self, key: str, what: str) -> BadBoard:
        name = ".".join(part for part in (self._path, key) if part)
        return BadBoard(f"{name} {what}" if name else what, where=self._where)

    def _take(self, key: str, kinds: tuple[type, ...], words: str, default: Any) -> Any:
        self._asked.append(key)
        if key not in self._values:
            if default is not _REQUIRED:
                return default
            near = difflib.get_close_matches(key, [k for k in self._values if k not in self._asked], n=1)
            raise self.error(key, f"is missing; is {near[0]} meant to be it?" if near else "is missing.")
        value = self._values[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.error(key, f"needs {words}, not {in_words(value)}.")
        return value

    def text(self, key: str, default: Any = None) -> str:
        value: str = self._take(key, (str,), "text", _REQUIRED if default is None else default)
        if len(value) > LONGEST_TEXT:
            raise self.error(key, f"has {len(value)} characters; {LONGEST_TEXT} are the most.")
        if not value.isprintable():
            raise self.error(key, "has characters that cannot be shown, such as a line break.")
        if default is None and not value.strip():
            raise self.error(key, "is empty.")
        return value

    def flag(self, key: str, default: bool) -> bool:
        return cast(bool, self._take(key, (bool,), "true or false", default))

    def whole(self, key: str, low: int, high: int, default: Any = None) -> int:
        value = self._take(key, (int,), "a whole number", _REQUIRED if default is None else default)
        self._check_bounds(key, value, low, high)
        return cast(int, value)

    def number(self, key: str, low: float, high: float) -> float:
        value = self._take(key, (int, float), "a number", _REQUIRED)
        self._check_bounds(key, value, low, high)
        return float(value)

    def number_or_none(self, key: str, low: float, high: float) -> float | None:
        self._asked.append(key)
        return self.number(key, low, high) if key in self._values else None

    def _check_bounds(self, key: str, value: float, low: float, high: float) -> None:
        if not low <= value <= high:  # NaN fails too
            raise self.error(key, f"is {in_words(value)}; it must lie between {low:,} and {high:,}.")

    def items(self, key: str) -> list[Any]:
        values: list[Any] = self._take(key, (list,), "a list", [])
        if len(values) > LONGEST_LIST:
            raise self.error(key, f"has {len(values)} entries; {LONGEST_LIST} are the most.")
        return values

    def table(self, key: str) -> Table:
        return self._inner(self._take(key, (dict,), "a table", _REQUIRED), key)

    def tables(self, key: str) -> Iterable[Table]:
        return [self._inner(value, f"{key}[{number}]") for number, value in enumerate(self.items(key), start=1)]

    def texts(self, key: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
        """A table of words, with any keys or with the ``allowed`` ones only."""
        inner = self._inner(self._take(key, (dict,), "a table", {}), key)
        names = allowed or tuple(inner._values)
        if len(names) > LONGEST_LIST:
            raise self.error(key, f"has {len(names)} entries; {LONGEST_LIST} are the most.")
        for name in inner._values:
            if not name.isprintable() or len(name) > 60:
                raise self.error(key, "has a name that is too long or cannot be shown.")
        found = {name: inner.text(name, "") for name in names}
        inner.finish()
        return {name: text for name, text in found.items() if name in inner._values}

    def _inner(self, values: object, key: str) -> Table:
        return Table(values, self._where, ".".join(part for part in (self._path, key) if part))

    def finish(self) -> None:
        """BadBoard when a key is left that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1, cutoff=0.5)
                advice = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(self._asked)}."
                raise self.error(_printable(key), f"is not a key of a board file. {advice}")


def _printable(key: str) -> str:
    return key[:60] if key.isprintable() else repr(key[:60])


def in_words(value: object) -> str:
    """A TOML value as a message shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, int):
        # Python refuses to write out a number with thousands of digits, which hexadecimal TOML may hold.
        return f"{value:,}" if abs(value) < 1 << 64 else "a gigantic number"
    return repr(value)[:60]
