"""What is said to a person whose model does not fit."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from workbench.boards import Board, find_board
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.memory.budget import Buffers, Firmware
from workbench.memory.fit import report
from workbench.operations.fit_advice import fit_advice


@pytest.fixture(scope="module")
def graph() -> Graph:
    """A float32 model of three dense layers."""
    found = importlib.util.find_spec("tflite_micro")
    assert found is not None, "tflite_micro is a development dependency"
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0]) / "python" / "tflite_micro"
    return read_graph((folder / "sine_float.tflite").read_bytes())


def board(**sizes: int) -> Board:
    return dataclasses.replace(
        find_board("nano33ble_sense"), reserved_flash_bytes=0, reserved_ram_bytes=0, regions=(), **sizes
    )


def advice(graph: Graph, on: Board, buffers: Buffers | None = None, firmware: Firmware | None = None) -> str:
    memory = report(graph, on, buffers=buffers, firmware=firmware)
    return "\n".join(fit_advice(graph, memory, on, buffers, firmware))


def test_nothing_is_said_when_it_fits(graph: Graph) -> None:
    assert advice(graph, find_board("nano33ble_sense")) == ""


def test_the_arena_is_told_how_small_it_must_be(graph: Graph) -> None:
    roomy = report(graph, board())
    short_by = 200
    said = advice(graph, board(ram_bytes=roomy.ram.used - short_by))
    allowed = (roomy.arena.required - short_by) / 1024
    assert f"the arena may take {allowed:,.1f}" in said
    assert "alive at once" in said


def test_weights_that_are_too_large_are_told_what_int8_would_take(graph: Graph) -> None:
    roomy = report(graph, board())
    said = advice(graph, board(flash_bytes=roomy.flash.used - 100))
    assert "As int8 they would take about" in said


def test_what_cannot_be_mended_by_the_model_is_said(graph: Graph) -> None:
    said = advice(graph, board(ram_bytes=2048, flash_bytes=4096))
    assert "even without the arena" in said
    assert "of stack" in said, "without a window or own firmware, what is in the way is named"
    assert "even without weights" in said


def test_the_other_kernels_and_other_boards_are_offered(graph: Graph) -> None:
    said = advice(graph, find_board("frdm_kl03z"))
    assert "The reference kernels would save" in said
    assert "As it is, it fits:" in said


def test_a_model_that_fits_no_board_is_told_so(graph: Graph) -> None:
    said = advice(graph, board(ram_bytes=1024), firmware=Firmware(ram_bytes=2**30))
    assert said.endswith("As it is, it fits none of the boards.")
