"""A board's own sensors stand in for channels where name and unit say which quantity they carry."""

from __future__ import annotations

import dataclasses
import re

import pytest

from workbench.boards import Board, Core, Sensor
from workbench.firmware.sensors import Quantity, quantity_of, sensor_code
from workbench.firmware.templates import sensor_tables, table


def board(*parts: str) -> Board:
    sensors = tuple(Sensor(part, "something") for part in parts)
    core = Core("cortex-m4", 64_000_000)
    return Board("b", "B", "M", core, 1_000_000, 100_000, 3.3, sensors=sensors)


@pytest.mark.parametrize(
    ("channel", "unit", "quantity"),
    [
        ("ax", "g", Quantity("acceleration", "x", "g")),
        ("acc_Y", "m/s²", Quantity("acceleration", "y", "m/s²")),
        ("Accelerometer.z", "", Quantity("acceleration", "z", "g")),
        ("wx", "rad/s", Quantity("rotation", "x", "rad/s")),
        ("gyro z", "dps", Quantity("rotation", "z", "dps")),
        ("temperature", "°C", Quantity("temperature", "", "°C")),
        ("ax", "V", None),  # an analogue pin by that name
        ("temperature", "K", None),
        ("sound", "", None),
        ("max", "g", None),
        ("", "", None),
    ],
)
def test_what_a_channel_carries(channel: str, unit: str, quantity: Quantity | None) -> None:
    assert quantity_of(channel, unit) == quantity


def test_channels_are_read_in_the_models_order_and_units() -> None:
    code = sensor_code(board("LSM9DS1 9-axis"), ("az", "wx"), ("m/s²", "rad/s"))
    assert code is not None
    assert code.libraries == ("Arduino_LSM9DS1",)
    assert code.slowest_rate_hz == 119.0
    first, second = code.fields["assignments"].splitlines()
    assert re.match(r"\s*row\[0\] = lsm9ds1_acceleration_z \* 9\.80665", first)
    assert re.match(r"\s*row\[1\] = lsm9ds1_rotation_x \* 0\.0174532", second)
    # Every axis the library writes has a variable, used or not.
    assert "lsm9ds1_acceleration_x = 0.0f" in code.fields["declarations"]


def test_two_sensors_together() -> None:
    code = sensor_code(board("LSM9DS1", "HTS221"), ("ax", "temp"), ("g", "°C"))
    assert code is not None
    assert set(code.parts) == {"LSM9DS1", "HTS221"}
    assert code.fields["start"].count("&&") == 1


@pytest.mark.parametrize(
    ("parts", "channels", "units"),
    [
        ((), ("ax",), ("g",)),
        (("LSM9DS1",), ("ax", "ecg"), ("g", "mV")),
        (("HTS221",), ("ax",), ("g",)),
    ],
)
def test_one_channel_without_a_sensor_leaves_it_to_the_person(
    parts: tuple[str, ...], channels: tuple[str, ...], units: tuple[str, ...]
) -> None:
    assert sensor_code(board(*parts), channels, units) is None


def test_a_channel_name_cannot_break_the_comment_it_stands_in() -> None:
    code = sensor_code(board("LSM9DS1"), ("a\n*/\nx",), ("g",))
    assert code is None  # not a name that is recognised
    assert quantity_of("a x", "g") is not None


@pytest.mark.parametrize("sensor", sensor_tables(), ids=lambda s: s["part"])
def test_the_sensor_files_are_complete(sensor: dict[str, object]) -> None:
    units = {known["name"]: known["units"] for known in table("arduino", "quantities.toml")["quantities"]}
    assert {"part", "library", "headers", "start", "readings"} <= set(sensor)
    for reading in sensor["readings"]:  # type: ignore[attr-defined]  # a list of tables
        assert reading["unit"] in units[reading["quantity"]]
        for axis in reading["axes"]:
            assert f"${axis or 'value'}" in reading["code"]


def test_every_sensor_of_a_part_is_found_by_the_boards_word_for_it() -> None:
    for sensor in sensor_tables():
        reading = sensor["readings"][0]
        known = next(q for q in table("arduino", "quantities.toml")["quantities"] if q["name"] == reading["quantity"])
        name = {"acceleration": "acc_x", "temperature": "temperature", "pressure": "pressure"}[known["name"]]
        one = dataclasses.replace(board(f"{sensor['part'].lower()} on the board"))
        assert sensor_code(one, (name,), ("",)) is not None
