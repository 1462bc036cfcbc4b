"""Energy by part, and the life of a battery."""

from __future__ import annotations

import dataclasses
import math

import pytest

from workbench.boards import Board, find_board
from workbench.errors import BadSetting
from workbench.graph.model import Graph, Operator, Subgraph, Tensor
from workbench.target.duty import Duty
from workbench.target.energy import EnergyReport, energy_report
from workbench.target.estimate import estimate
from workbench.target.radios import radio_costs

NANO = find_board("nano33ble_sense")


def network(dtype: str = "int8", size: int = 1) -> Graph:
    tensors = (
        Tensor(0, "in", (1, 1000), dtype, 1000 * size),
        Tensor(1, "weights", (10, 1000), dtype, 10_000 * size, data=bytes(10_000 * size)),
        Tensor(2, "out", (1, 10), dtype, 10 * size),
    )
    return Graph((Subgraph("main", tensors, (Operator(0, "FULLY_CONNECTED", 1, (0, 1, -1), (2,)),), (0,), (2,)),))


def report(
    duty: Duty = Duty(),  # noqa: B008  # it is frozen
    board: Board = NANO,
    graph: Graph = network(),  # noqa: B008
    raw_bytes: int | None = None,
) -> EnergyReport:
    found = estimate(graph, board)
    return energy_report(graph, found.latency, found.energy, board, duty, raw_bytes=raw_bytes)


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


def test_features_are_a_part_of_a_prediction() -> None:
    found = estimate(network(), NANO)
    whole = energy_report(network(), found.latency, found.energy, NANO, Duty(), features_share=0.25).inference
    assert whole.value is not None and [part.name for part in whole.parts] == ["features", "arithmetic", "memory"]
    assert whole.parts[0].value == pytest.approx(whole.value / 4)
    assert sum(part.value for part in whole.parts) == pytest.approx(whole.value)


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
    found = report(board=quiet)
    assert found.inference.value is None and "draws while it computes" in found.inference.note
    assert found.life.value is None and found.life.note == found.inference.note
    assert "asleep" in found.life_raw.note and found.asleep.value is None
    assert found.remarks == (found.inference.note, found.life_raw.note)


def test_without_a_current_asleep_life_has_an_upper_bound() -> None:
    insomniac = dataclasses.replace(NANO, sleep_ma=None)
    life, exact = report(board=insomniac).life, report(board=dataclasses.replace(NANO, sleep_ma=0.0)).life
    assert life.value is None and life.high == exact.high


def test_float_arithmetic_takes_a_larger_part() -> None:
    shares = []
    for graph in (network(), network("float32", 4)):
        found = report(graph=graph).inference
        assert found.value is not None and [part.name for part in found.parts] == ["arithmetic", "memory"]
        shares.append(found.parts[0].value / found.value)
    assert shares == pytest.approx([0.3 / 2.8, 4.6 / 14.6])


def test_raw_data_are_of_the_duty_or_the_project_or_the_models_input() -> None:
    assert report().raw_bytes == 1000
    assert report(raw_bytes=60).raw_bytes == 60
    assert report(Duty(raw_bytes=7), raw_bytes=60).raw_bytes == 7


def test_what_takes_longer_than_there_is_has_no_life() -> None:
    found = report(Duty("lora", every_s=1.0), raw_bytes=2000)
    assert found.life.value is not None
    assert found.life_raw.value is None and "next prediction is due after 1.00" in found.life_raw.note
    assert found.life_raw.note in found.remarks
    assert any("1.0\u2009% of the time in Europe" in remark for remark in found.remarks)
    assert report(Duty("nb-iot", every_s=1.0)).life.note.startswith("Predicting and sending the result takes 2.0")
    assert report(Duty("lora", every_s=60.0)).remarks == ()


@pytest.mark.parametrize(
    ("raw", "saves", "said"),
    [
        (20, False, "more energy than it saves"),
        (60, None, "sending the raw data could also take less"),
        (5000, True, ""),
    ],
)
def test_whether_the_model_saves_energy_is_told_as_far_as_the_bands_let(
    raw: int, saves: bool | None, said: str
) -> None:
    found = report(Duty(sent_bytes=20, raw_bytes=raw))
    assert found.saves is saves
    assert " ".join(found.remarks).find(said) >= 0 and bool(found.remarks) is bool(said)


@pytest.mark.parametrize(
    "duty", [Duty("pigeon"), Duty(every_s=0), Duty(every_s=math.nan), Duty(battery_mah=-1), Duty(sent_bytes=-1)]
)
def test_a_duty_that_makes_no_sense_is_refused(duty: Duty) -> None:
    with pytest.raises(BadSetting):
        report(duty)
