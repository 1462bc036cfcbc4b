"""Cycles, latency and energy: bands that hold, reasons when nothing is known."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.boards import Board, Core, built_in_boards, find_board
from workbench.errors import NotSupported
from workbench.figures import Figure, Source
from workbench.graph.model import Graph, Operator, Subgraph, Tensor
from workbench.graph.read import read_graph
from workbench.target.costs import load_costs
from workbench.target.estimate import Estimate, estimate

Model = Callable[[str], Graph]


@pytest.fixture
def model(shared: Path) -> Model:
    return lambda name: read_graph((shared / "models" / f"{name}.tflite").read_bytes())


@pytest.fixture
def nano() -> Board:
    return find_board("nano33ble_sense")


def dense(dtype: str = "int8", depth: int = 100, name: str = "FULLY_CONNECTED") -> Graph:
    size = 4 if dtype == "float32" else 1
    tensors = (
        Tensor(0, "in", (1, depth), dtype, depth * size),
        Tensor(1, "weights", (10, depth), dtype, 10 * depth * size, data=bytes(10 * depth * size)),
        Tensor(2, "out", (1, 10), dtype, 10 * size),
    )
    return Graph((Subgraph("main", tensors, (Operator(0, name, 1, (0, 1, -1), (2,)),), (0,), (2,)),))


def figures(estimate: Estimate) -> list[Figure]:
    return [estimate.instructions, estimate.cycles, estimate.latency, estimate.energy]


def test_every_measured_count_lies_in_the_band(shared: Path, model: Model, nano: Board) -> None:
    measured = json.loads((shared / "models" / "tflm_memory.json").read_text())
    checked = 0
    for name, engines in measured.items():
        for engine, kernels in (("tflm", "reference"), ("tflm-cmsis", "cmsis-nn")):
            instructions = engines[engine]["instructions_O2"]
            if instructions is None:
                continue
            found = estimate(model(name), nano, kernels).instructions
            assert found.low is not None and found.high is not None
            assert found.low <= instructions <= found.high, (name, kernels, found)
            assert found.high / found.low < 3, f"the band of {name} says nothing"
            checked += 1
    assert checked == 18


def test_the_parts_add_up(model: Model, nano: Board) -> None:
    found = estimate(model("mlperf_kws_ref_int8"), nano)
    for figure in figures(found):
        assert figure.source is Source.ESTIMATED and figure.note
        assert figure.value is not None and figure.low is not None and figure.high is not None
        assert figure.low < figure.value < figure.high
        assert sum(part.value for part in figure.parts) == pytest.approx(figure.value)
        assert figure.parts[0].name == "CONV_2D", "the dearest first"
    assert [figure.unit for figure in figures(found)] == ["instructions", "cycles", "s", "J"]
    assert sum(row.cycles for row in found.per_operator) == pytest.approx(found.cycles.value)
    assert sum(row.macs for row in found.per_operator) == found.macs == 2_656_768


def test_latency_and_energy_follow_from_cycles(nano: Board) -> None:
    found = estimate(dense(), dataclasses.replace(nano, active_ma=5.0, active_ma_range=None, supply_v=2.0))
    assert found.cycles.value is not None and found.latency.value is not None
    assert found.latency.value == pytest.approx(found.cycles.value / 64e6)
    assert found.energy.value == pytest.approx(found.latency.value * 5.0 * 2.0 / 1000)


def test_the_band_of_currents_widens_the_energy(nano: Board) -> None:
    narrow = estimate(dense(), dataclasses.replace(nano, active_ma_range=None)).energy
    wide = estimate(dense(), nano).energy
    assert narrow.value == wide.value
    assert narrow.low is not None and wide.low is not None and narrow.high is not None and wide.high is not None
    assert wide.low < narrow.low and wide.high > narrow.high


def test_published_times_on_a_120_mhz_cortex_m4_are_near(model: Model) -> None:
    """MLPerf Tiny, microTVM with CMSIS-NN kernels: another runtime around the same kernels, so only near."""
    nucleo = find_board("nucleo_l4r5zi")
    for name, milliseconds in [
        ("ad01_int8", 8.6),
        ("ic_resnet8_int8", 390),
        ("kws_ref_int8", 99.8),
        ("vww_96_int8", 301),
    ]:
        latency = estimate(model(f"mlperf_{name}"), nucleo).latency
        assert latency.low is not None and latency.high is not None
        assert latency.low <= milliseconds / 1000 <= latency.high * 1.1, (name, latency)


def test_published_times_of_person_detection_lie_in_the_band(model: Model) -> None:
    """esp-tflite-micro's README; its network is close to vww, which the costs of these cores are taken from."""
    for board, kernels, milliseconds in [
        ("esp_eye", "reference", 4084),
        ("esp_eye", "esp-nn", 380),
        ("esp32_s3", "reference", 2300),
        ("esp32_s3", "esp-nn", 54),
    ]:
        latency = estimate(model("mlperf_vww_96_int8"), find_board(board), kernels).latency
        assert latency.low is not None and latency.high is not None
        assert latency.low <= milliseconds / 1000 <= latency.high, (board, kernels, latency)


@pytest.mark.parametrize("board", [b for b in built_in_boards().values() if b.programmable], ids=lambda b: b.id)
def test_every_programmable_board_gets_a_latency(board: Board) -> None:
    found = estimate(dense(), board)
    assert found.kernels == next(iter(load_costs().cores[board.core.name].kernels))
    assert found.latency.value is not None and found.latency.value > 0
    assert (found.energy.value is None) == (board.active_ma is None)


def test_cores_nobody_measured_have_wider_bands() -> None:
    def width(board: str) -> float:
        cycles = estimate(dense(), find_board(board)).cycles
        assert cycles.low is not None and cycles.high is not None
        return cycles.high / cycles.low

    for board in ("pico", "frdm_kl03z", "himax_we1", "esp_eye", "esp32_s3", "stm32f746_discovery"):
        assert width(board) > 1.5 * width("nano33ble_sense"), board


def test_float_is_dear_without_a_floating_point_unit(nano: Board) -> None:
    without = dataclasses.replace(nano, core=Core("cortex-m4", 64_000_000, "none", dsp=True))
    with_unit, software = (estimate(dense("float32"), board).cycles for board in (nano, without))
    assert with_unit.value is not None and software.value is not None
    assert software.value > 5 * with_unit.value
    assert estimate(dense(), nano).cycles == estimate(dense(), without).cycles, "whole numbers do not care"


def test_cmsis_nn_is_faster_than_the_reference(model: Model, nano: Board) -> None:
    graph = model("mlperf_kws_ref_int8")
    fast, slow = (estimate(graph, nano, kernels).cycles.value for kernels in ("cmsis-nn", "reference"))
    assert fast is not None and slow is not None
    assert fast * 4 < slow


def test_kernels_a_core_does_not_have_are_refused(nano: Board) -> None:
    with pytest.raises(NotSupported, match="Choose one of: cmsis-nn, reference"):
        estimate(dense(), nano, "esp-nn")


@pytest.mark.parametrize(
    ("graph", "board", "reason"),
    [
        (dense(), "ndp100", "does not run such models"),
        (dense(name="CUSTOM_THING"), "pico", "Nobody has counted what CUSTOM_THING takes"),
    ],
)
def test_unknown_says_why(graph: Graph, board: str, reason: str) -> None:
    found = estimate(graph, find_board(board))
    for figure in figures(found):
        assert figure.value is None and figure.source is None
        assert reason in figure.note


def test_a_core_without_costs_is_unknown(nano: Board) -> None:
    found = estimate(dense(), dataclasses.replace(nano, core=Core("other", 1_000_000)))
    assert found.latency.value is None and "No costs are known for the core other" in found.latency.note


def test_hybrid_models_are_not_timed(nano: Board) -> None:
    tensors = list(dense("float32").main.tensors)
    tensors[1] = dataclasses.replace(tensors[1], dtype="int8")
    main = dataclasses.replace(dense("float32").main, tensors=tuple(tensors))
    assert "does not run" in estimate(Graph((main,)), nano).latency.note


def test_an_estimate_is_plain_data(nano: Board) -> None:
    data = estimate(dense(), nano).to_json()
    assert json.loads(json.dumps(data))["kernels"] == "cmsis-nn"
    assert data["latency"]["source"] == "estimated"
    assert data["per_operator"][0]["name"] == "FULLY_CONNECTED"
