"""Rows of the database as the dataclasses of the model, and back.

Structured values travel as JSON; a column that does not hold what it should raises BadProject.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from workbench.errors import BadProject
from workbench.project.model import Channel, Gap, GivenModel, Recording, Run, Segment, Variant

M = TypeVar("M")
Row = Mapping[str, Any]


def to_column(value: Any) -> Any:
    """A value as SQLite stores it."""
    if isinstance(value, tuple) and value and isinstance(value[0], Channel):
        value = [[channel.name, channel.unit] for channel in value]
    if isinstance(value, tuple) and value and isinstance(value[0], Gap):
        value = [[gap.row, gap.readings] for gap in value]
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        # A lone surrogate (from a file name) is no text for SQLite.
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _read(build: Callable[[Row], M], what: str, row: sqlite3.Row) -> M:
    try:
        return build(dict(row))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        key = row["id"] if "id" in row.keys() else "?"  # noqa: SIM118 - a Row iterates over its values
        raise BadProject(f"The entry of {what} {key} in the database is damaged ({error}).") from error


def recording(row: sqlite3.Row) -> Recording:
    """A row of ``recordings``."""
    return _read(_recording, "recording", row)


def segment(row: sqlite3.Row) -> Segment:
    """A row of ``segments``."""
    return _read(_segment, "segment", row)


def run(row: sqlite3.Row) -> Run:
    """A row of ``runs``."""
    return _read(_run, "run", row)


def variant(row: sqlite3.Row) -> Variant:
    """A row of ``variants``."""
    return _read(_variant, "variant", row)


def given_model(text: str) -> GivenModel:
    """What ``about`` says of the given model."""
    try:
        return GivenModel(**{key: _text(value) for key, value in _table(text).items()})
    except (TypeError, ValueError, RecursionError) as error:
        raise BadProject(f"The entry of the given model in the database is damaged ({error}).") from error


def _recording(row: Row) -> Recording:
    channels = tuple(Channel(str(name), str(unit)) for name, unit in json.loads(row["channels"]))
    rate = row["rate_hz"]
    if row["kind"] == "series" and not (isinstance(rate, float) and math.isfinite(rate) and rate > 0):
        raise ValueError(f"sampling rate {rate!r}")
    shape = None if row["shape"] is None else _whole_numbers(row["shape"])
    if (row["kind"] == "picture") != (shape is not None) or (shape is not None and len(shape) != 3):
        raise ValueError(f"shape {row['shape']!r}")
    if not channels:
        raise ValueError("no channels")
    return Recording(
        id=row["id"],
        name=_text(row["name"]),
        kind=row["kind"],
        channels=channels,
        rate_hz=rate,
        rows=_count(row["rows"]),
        label=_text(row["label"]),
        metadata={str(key): str(value) for key, value in _table(row["metadata"]).items()},
        source=_text(row["source"]),
        created=_text(row["created"]),
        file=_text(row["file"]),
        first_row=_count(row["first_row"]),
        shape=None if shape is None else (shape[0], shape[1], shape[2]),
        notes=_text(row["notes"]),
        # A sample of an older program is not brought up to date.
        gaps=tuple(Gap(_count(place), _count(readings)) for place, readings in json.loads(row.get("gaps", "[]"))),
    )


def _segment(row: Row) -> Segment:
    start, stop = _count(row["start"]), _count(row["stop"])
    if start >= stop:
        raise ValueError(f"rows {start} to {stop}")
    return Segment(row["id"], row["recording_id"], start, stop, _text(row["label"]))


def _run(row: Row) -> Run:
    return Run(
        id=row["id"],
        created=_text(row["created"]),
        title=_text(row["title"]),
        task=row["task"],
        classes=tuple(str(name) for name in json.loads(row["classes"])),
        target_unit=_text(row["target_unit"]),
        settings={key: dict(value) for key, value in _table(row["settings"]).items()},
        input_shape=_whole_numbers(row["input_shape"]),
        parameters=_count(row["parameters"]),
        split=_table(row["split"]),
        features=_table(row["features"]),
        history={key: [float(v) for v in values] for key, values in _table(row["history"]).items()},
        evaluation=_table(row["evaluation"]),
        model_file=_text(row["model_file"]),
    )


def _variant(row: Row) -> Variant:
    return Variant(
        id=row["id"],
        run_id=row["run_id"],
        created=_text(row["created"]),
        name=_text(row["name"]),
        recipe=_table(row["recipe"]),
        model_file=_text(row["model_file"]),
        file_bytes=_count(row["file_bytes"]),
        quantization=_text(row["quantization"]),
        sparsity=float(row["sparsity"]),
        evaluation=_table(row["evaluation"]),
        test=None if row["test"] is None else _table(row["test"]),
        runs_on_boards=bool(row["runs_on_boards"]),
        current=bool(row["current"]),
        pinned=bool(row.get("pinned", False)),  # a sample of an older program is not brought up to date
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _whole_numbers(text: str) -> tuple[int, ...]:
    return tuple(_count(value) for value in json.loads(text))


def _table(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError("a table of names and values is missing")
    return found
