"""Energy by part, and the life of a battery."""

from __future__ import annotations

import dataclasses
import math

import pytest

from workbench.boards import find_board
from workbench.errors import BadSetting
from workbench.graph.model import Graph, Operator, Subgraph, Tensor
from workbench.target.energy import Duty, EnergyReport, energy_report, radio_costs
from workbench.target.estimate import estimate

NANO = find_board("nano33ble_sense")


def network() -> Graph:
    tensors = (
        Tensor(0, "in", (1, 1000), "int8", 1000),
        Tensor(1, "weights", (10, 1000), "int8", 10_000, data=bytes(10_000)),
        Tensor(2, "out", (1, 10), "int8", 10),
    )
    return Graph((Subgraph("main", tensors, (Operator(0, "FULLY_CONNECTED", 1, (0, 1, -1), (2,)),), (0,), (2,)),))


def report(duty: Duty = Duty(), board: str = "nano33ble_sense") -> EnergyReport:  # noqa: B008  # it is frozen
    found = find_board(board)
    return energy_report(network(), estimate(network(), found), found, duty)


@pytest.mark.parametrize("radio", radio_costs())
def test_more_bytes_take_longer_and_nothing_takes_nothing(radio: str) -> None:
    cost = radio_costs()[radio]
    times = [cost.seconds(size) for size in (0, 1, 10, 1000, 100_000)]
    assert times[0] == 0 and times == sorted(set(times))
    assert times[-1] > 8 * 100_000 / cost.bits_per_second
    assert cost.source and cost.low < 1 < cost.high


def test_one_packet_by_hand() -> None:
    found = report(Duty("ble", sent_bytes=20)).send_result
    seconds = 0.003 + 0.00038 + 8 * (20 + 21) / 1e6
    assert found.value == pytest.approx(seconds * 4.8 * 3.3 / 1000), "4.8 mA is the board's own radio"
    assert "4.8 mA" in found.note


def test_parts_and_life_add_up() -> None:
    found = report(Duty("ble", every_s=2.0, sent_bytes=4, battery_mah=100))
    assert found.inference.value is not None and found.send_result.value is not None and found.life.value is not None
    assert sum(part.value for part in found.inference.parts) == pytest.approx(found.inference.value)
    assert NANO.sleep_ma is not None
    watts = (found.inference.value + found.send_result.value) / 2.0 + NANO.sleep_ma / 1000 * 3.3
    assert found.life.value == pytest.approx(0.1 * 3.3 * 3600 / watts)
    assert found.life.low is not None and found.life.high is not None
    assert found.life.low < found.life.value < found.life.high


def test_raw_data_cost_more_than_the_result() -> None:
    found = report()
    assert found.send_raw.value is not None and found.send_result.value is not None
    assert found.send_raw.value > 2 * found.send_result.value
    assert found.life.value is not None and found.life_raw.value is not None
    assert found.life.value > found.life_raw.value


def test_unknown_says_why() -> None:
    quiet = dataclasses.replace(NANO, sleep_ma=None, active_ma=None)
    found = energy_report(network(), estimate(network(), quiet), quiet, Duty())
    assert found.life.value is None and "asleep" in found.life.note
    assert found.inference.value is None and "draws while it computes" in found.inference.note


@pytest.mark.parametrize(
    "duty", [Duty("pigeon"), Duty(every_s=0), Duty(every_s=math.nan), Duty(battery_mah=-1), Duty(sent_bytes=-1)]
)
def test_a_duty_that_makes_no_sense_is_refused(duty: Duty) -> None:
    with pytest.raises(BadSetting):
        report(duty)
