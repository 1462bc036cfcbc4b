"""How a board's own sensors stand in for a model's channels.

Which sensors a board has is in its TOML; how one is read is in ``resources/firmware/arduino/sensors``. What matches is
read by the exported sketch, everything else is left to the person with an explanation.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.boards import Board
from workbench.codegen.c_text import c_comment, c_float
from workbench.firmware.templates import sensor_tables, table


@dataclass(frozen=True)
class Quantity:
    """What a channel carries: the physical quantity, its axis ("" for none), and the channel's unit."""

    name: str
    axis: str
    unit: str


@dataclass(frozen=True)
class _Source:
    """Where a channel's values come from: a sensor's reading, its axis, and the factor to the channel's unit."""

    sensor: Mapping[str, Any]
    reading: Mapping[str, Any]
    axis: str
    factor: float

    @property
    def variable(self) -> str:
        words = (self.sensor["part"], self.reading["quantity"], self.axis)
        return re.sub(r"[^a-z0-9]+", "_", " ".join(words).strip().lower())


@dataclass(frozen=True)
class SensorCode:
    """The pieces of sensors.cpp that read a board's own sensors, and what to install for them."""

    parts: tuple[str, ...]
    libraries: tuple[str, ...]
    slowest_rate_hz: float | None
    has_axes: bool
    fields: Mapping[str, str]


def quantity_of(channel: str, unit: str) -> Quantity | None:
    """What a channel carries, by its name and unit; None when that is not clear.

    A channel without a unit is taken to be in the quantity's first unit; one in a unit that the quantity is not
    measured in carries something else.
    """
    for known in table("arduino", "quantities.toml")["quantities"]:
        match = re.fullmatch(known["channel"], channel.strip(), flags=re.IGNORECASE)
        if match and (not unit or unit in known["units"]):
            return Quantity(known["name"], match["axis"].lower(), unit or next(iter(known["units"])))
    return None


def sensor_code(board: Board, channels: tuple[str, ...], units: tuple[str, ...]) -> SensorCode | None:
    """Code that reads the board's sensors for all channels, or None when one channel has no sensor."""
    sources = []
    for channel, unit in zip(channels, units, strict=True):
        quantity = quantity_of(channel, unit)
        source = _find(board, quantity) if quantity else None
        if source is None:
            return None
        sources.append(source)
    sensors = _each_once([source.sensor for source in sources])
    readings = _each_once([source.reading for source in sources])
    rates = [float(sensor["rate_hz"]) for sensor in sensors if "rate_hz" in sensor]
    return SensorCode(
        parts=tuple(sensor["part"] for sensor in sensors),
        libraries=tuple(sensor["library"] for sensor in sensors),
        slowest_rate_hz=min(rates, default=None),
        has_axes=any(source.axis for source in sources),
        fields={
            "includes": "\n".join(
                dict.fromkeys(f"#include <{name}>" for sensor in sensors for name in sensor["headers"])
            ),
            "declarations": _declarations(sensors, readings, sources),
            "prepare": "".join(f"    {sensor['prepare']}\n" for sensor in sensors if "prepare" in sensor),
            "start": " && ".join(sensor["start"] for sensor in sensors),
            "configure": "".join(f"    {line}\n" for sensor in sensors for line in sensor.get("configure", ())),
            "reads": "\n".join(_read(reading, sources) for reading in readings),
            "assignments": "\n".join(
                _assignment(place, source, channel)
                for place, (source, channel) in enumerate(zip(sources, channels, strict=True))
            ),
        },
    )


def _find(board: Board, quantity: Quantity) -> _Source | None:
    on_board = " ".join(sensor.name for sensor in board.sensors).lower()
    units = {known["name"]: known["units"] for known in table("arduino", "quantities.toml")["quantities"]}
    for sensor in sensor_tables():
        if sensor["part"].lower() not in on_board:
            continue
        for reading in sensor["readings"]:
            if reading["quantity"] == quantity.name and quantity.axis in reading["axes"]:
                of = units[quantity.name]
                return _Source(sensor, reading, quantity.axis, of[quantity.unit] / of[reading["unit"]])
    return None


def _each_once(tables: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({id(one): one for one in tables}.values())


def _headers(sensors: list[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for sensor in sensors for name in sensor["headers"]))


def _variables(reading: Mapping[str, Any], sources: list[_Source]) -> dict[str, str]:
    """The variable of each of a reading's axes, used by the model or not."""
    sensor = next(source.sensor for source in sources if source.reading is reading)
    return {axis or "value": _Source(sensor, reading, axis, 1.0).variable for axis in reading["axes"]}


def _declarations(sensors: list[Mapping[str, Any]], readings: list[Mapping[str, Any]], sources: list[_Source]) -> str:
    lines = [sensor["declaration"] for sensor in sensors if "declaration" in sensor]
    for reading in readings:
        names = _variables(reading, sources).values()
        lines.append(f"static float {', '.join(f'{name} = 0.0f' for name in names)}; /* {reading['unit']} */")
    return "\n".join(lines)


def _read(reading: Mapping[str, Any], sources: list[_Source]) -> str:
    code = string.Template(reading["code"].strip()).substitute(_variables(reading, sources))
    inner = "\n".join(f"        {line}" for line in code.splitlines())
    return f"    {{\n{inner}\n    }}"


def _assignment(place: int, source: _Source, channel: str) -> str:
    scaled = source.variable if source.factor == 1.0 else f"{source.variable} * {c_float(source.factor)}"
    return f"    row[{place}] = {scaled}; /* {c_comment(channel)} */"
