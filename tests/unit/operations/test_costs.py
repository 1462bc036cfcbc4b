"""A prediction's time and energy: its features and its inference, together and by name."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workbench.boards import Board, find_board
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.figures import Source
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.operations.costs import estimated_costs, prediction_costs
from workbench.operations.fit_figures import model_figures
from workbench.target.feature_cost import feature_latency
from workbench.target.verify import Verification

NANO, PICO = find_board("nano33ble_sense"), find_board("pico")
SPECTRUM = FeatureParameters(
    FeatureSettings("spectrum"), 50.0, ("x", "y", "z"), (128, 3), 10, (16, 3), (0.0,) * 48, (1.0,) * 48
)


@pytest.fixture(scope="module")
def graph(shared: Path) -> Graph:
    return read_graph((shared / "models" / "hello_world_int8.tflite").read_bytes())


@pytest.mark.parametrize("board", [NANO, PICO], ids=lambda board: board.id)
@pytest.mark.parametrize("engine", ["tflm", "c"])
def test_features_and_inference_add_up(graph: Graph, board: Board, engine: str) -> None:
    inference = estimated_costs(graph, board, engine)
    features = feature_latency(SPECTRUM, "int8", board)
    both = prediction_costs(graph, board, engine, None, parameters=SPECTRUM)
    for end in ("value", "low", "high"):
        assert getattr(both.latency, end) == getattr(inference.latency, end) + getattr(features, end)
    assert both.latency.value is not None and features.value is not None
    assert {"spectrum features", "normalization", "FULLY_CONNECTED"} == {part.name for part in both.latency.parts}
    assert sum(part.value for part in both.latency.parts) == pytest.approx(both.latency.value)
    assert "Features (estimated): spectrum of 128 × 3" in both.latency.note
    assert "Inference (estimated)" in both.latency.note
    assert both.features_share == pytest.approx(features.value / both.latency.value)
    assert inference.energy.value is not None and inference.latency.value is not None
    watts = inference.energy.value / inference.latency.value
    assert both.energy.value == pytest.approx(both.latency.value * watts)
    assert [part.name for part in both.energy.parts] == [part.name for part in both.latency.parts]


def test_on_a_core_without_a_floating_point_unit_features_outweigh_a_small_network(graph: Graph) -> None:
    assert prediction_costs(graph, PICO, "tflm", None, parameters=SPECTRUM).features_share > 0.9


def test_an_emulated_network_stays_emulated_and_its_features_are_told_as_estimated(
    graph: Graph, verification: Verification
) -> None:
    both = prediction_costs(graph, NANO, "c", verification, parameters=SPECTRUM)
    features = feature_latency(SPECTRUM, "int8", NANO)
    assert both.latency.source is Source.EMULATED
    assert both.latency.value is not None and features.value is not None
    assert both.latency.value == pytest.approx(64_000 / 64e6 + features.value)
    assert "Features (estimated)" in both.latency.note and "Inference (emulated)" in both.latency.note


def test_without_features_the_inference_says_that_it_is_alone(graph: Graph) -> None:
    alone = prediction_costs(graph, NANO, "tflm", None, parameters=None)
    assert alone.latency.value == estimated_costs(graph, NANO, "tflm").latency.value
    assert alone.latency.note.startswith("Inference alone: ") and alone.energy.note.startswith("Inference alone: ")
    assert alone.features_share == 0.0
    unnamed = dataclasses.replace(NANO, active_ma=None)
    assert prediction_costs(graph, unnamed, "tflm", None, parameters=None).energy.note.startswith("Nobody says")


def test_features_that_nobody_measured_leave_the_sum_unknown(graph: Graph) -> None:
    himax = find_board("himax_we1")  # whose core nobody measured with a floating-point unit
    other = dataclasses.replace(himax, core=dataclasses.replace(himax.core, fpu="single"))
    costs = prediction_costs(graph, other, "tflm", None, parameters=SPECTRUM)
    assert costs.latency.value is None and costs.energy.value is None
    assert costs.latency.note.startswith("Nobody measured") and "the inference alone: " in costs.latency.note


def test_what_is_too_slow_counts_features(graph: Graph) -> None:
    """A stride that leaves time for the network, and not for its features before it."""
    inference = estimated_costs(graph, PICO, "tflm").latency.value
    features = feature_latency(SPECTRUM, "int8", PICO).value
    assert inference is not None and features is not None
    hurried = dataclasses.replace(SPECTRUM, stride_rows=1, rate_hz=1 / (inference + features / 2))
    figures = model_figures(graph, PICO, parameters=hurried)
    assert figures.fits is False and "Too slow" in figures.verdict
    calm = dataclasses.replace(SPECTRUM, stride_rows=1, rate_hz=1 / (inference + features * 2))
    assert model_figures(graph, PICO, parameters=calm).fits is True
