"""A column of times becomes the board's clock where its name proves it, or somebody says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.capture.engine import CaptureEngine
from workbench.capture.link import Link, LinkSettings
from workbench.capture.recorder import TakePlan
from workbench.capture.replayed_log import log_device
from workbench.capture.status import CaptureState
from workbench.capture.time_column import TimeColumn, unit_of
from workbench.capture.wire.parser import Rows
from workbench.project.model import Channel


@pytest.mark.parametrize(
    ("name", "unit", "found"),
    [
        ("time", "ms", "ms"),
        ("t_us", "", "us"),
        ("Timestamp", "µs", "us"),
        ("millis", "", "ms"),
        ("micros", "", "us"),
        ("uptime", "s", "s"),
        ("time", "", None),  # of what?
        ("temperature", "s", None),
        ("ms2", "", None),
        ("s", "", None),
        ("time_of_flight", "ms", None),  # a sensor
        ("t", "°C", None),
    ],
)
def test_a_name_proves_it_when_it_says_the_unit(name: str, unit: str, found: str | None) -> None:
    assert unit_of(Channel(name, unit)) == found


def rows(*columns: list[float], names: tuple[str, ...] = ("millis", "a", "b")) -> Rows:
    channels = tuple(Channel(name) for name in names)
    return Rows(channels, np.array(columns, np.float32).T)


def test_the_column_becomes_the_time_and_is_no_channel_any_more() -> None:
    taken = TimeColumn("auto").take(rows([10, 20], [1, 2], [3, 4]))
    assert taken.device_s is not None
    assert taken.device_s.tolist() == pytest.approx([0.01, 0.02])
    assert ([one.name for one in taken.channels], taken.values.tolist()) == (["a", "b"], [[1, 3], [2, 4]])


def test_it_can_be_said_and_denied() -> None:
    unnamed = rows([1, 2], [3, 4], [5, 6], names=("channel 1", "channel 2", "channel 3"))
    assert TimeColumn("auto").take(unnamed) is unnamed
    said = TimeColumn("s").take(unnamed)
    assert said.device_s is not None
    assert (said.device_s.tolist(), len(said.channels)) == ([1, 2], 2)
    named = rows([10, 20], [1, 2], [3, 4])
    assert TimeColumn("none").take(named) is named


def test_two_clocks_are_none_and_a_clock_alone_is_a_channel() -> None:
    for doubtful in (rows([1], [2], [3], names=("millis", "micros", "a")), rows([1], names=("millis",))):
        assert TimeColumn("auto").take(doubtful) is doubtful


def test_a_counter_of_32_bits_goes_on_where_it_goes_round() -> None:
    column = TimeColumn("us")
    first = column.take(rows([2**32 - 4096, 2**32 - 2048], [0, 0], [0, 0]))
    second = column.take(rows([2048, 6144], [0, 0], [0, 0]))
    assert first.device_s is not None
    assert second.device_s is not None
    steps = np.diff(np.concatenate((first.device_s, second.device_s)))
    np.testing.assert_allclose(steps, [2048e-6, 4096e-6, 4096e-6], atol=512e-6)  # as float32 can tell
    third = column.take(rows([0, 1000], [0, 0], [0, 0]))
    assert third.device_s is not None
    assert third.device_s[0] < second.device_s[-1], "a new start"


def test_a_recording_has_the_boards_rate_and_its_gaps(tmp_path: Path) -> None:
    lines = [f"{n * 4 + (900 if n >= 600 else 0)},{n},{-n}" for n in range(1000)]  # 250 Hz, and 0.9 s are missing
    (tmp_path / "a.log").write_text("\n".join(["time (ms),x (g),y (g)", *lines, ""]))
    engine = CaptureEngine(Link(log_device(tmp_path / "a.log"), LinkSettings(speed=0.0)))
    engine.begin_take(TakePlan(tmp_path / "take.arrow", "wave"))
    while engine.status().state is not CaptureState.ENDED:
        engine.step()
    assert [one.name for one in engine.status().channels] == ["x", "y"]
    take = engine.end_take()
    assert [part.rows for part in take.parts] == [599, 400]  # the first line may be cut
    assert take.rate_hz == pytest.approx(250, rel=1e-3)
    assert take.parts[1].gap_before_s == pytest.approx(0.904)
    assert "baud" not in engine.status().message, "the log tells its pace"
    engine.close()
