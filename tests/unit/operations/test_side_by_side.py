"""Engines beside each other, and the networks for which others published figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.boards import find_board
from workbench.graph.read import read_graph
from workbench.memory.budget import Buffers, Firmware
from workbench.operations.fit_figures import FitInputs
from workbench.operations.side_by_side import published, side_by_side
from workbench.project.model import Variant


@pytest.mark.parametrize(
    ("name", "best"), [("kws_ref", 0.0434), ("vww_96", 0.0894), ("ic_resnet8", 0.166), ("ad01", 0.00405)]
)
def test_the_networks_of_mlperf_tiny_are_known(shared: Path, name: str, best: float) -> None:
    found = published(read_graph((shared / "models" / f"mlperf_{name}_int8.tflite").read_bytes()))
    assert found is not None and found.title.startswith("MLPerf Tiny")
    assert min(found.seconds.values()) == best


def test_of_others_nothing_is_said(shared: Path) -> None:
    assert published(read_graph((shared / "models" / "micro_speech_quantized.tflite").read_bytes())) is None


@pytest.mark.parametrize(("board", "engines"), [("nano33ble_sense", 3), ("esp32_s3", 2)])
def test_every_engine_of_the_core_has_its_row(shared: Path, board: str, engines: int) -> None:
    path = shared / "models" / "mlperf_ad01_int8.tflite"
    variant = Variant(
        id=1,
        run_id=None,
        created="",
        name="int8",
        recipe={},
        model_file=path.name,
        file_bytes=path.stat().st_size,
        quantization="int8",
        sparsity=0.0,
        evaluation={},
        test=None,
        runs_on_boards=True,
        current=True,
    )
    inputs, model = FitInputs(variant, path, find_board(board), Buffers(), Firmware(), None), path.read_bytes()
    rows = side_by_side(inputs, read_graph(model), model)
    assert len(rows) == engines and rows[0].engine == "c"
    plain, *others = rows
    assert plain.flash.value and plain.ram.value and plain.latency.value
    for other in others:
        assert (plain.flash.value or 0) < (other.flash.value or 0)
        assert (plain.ram.value or 0) < (other.ram.value or 0)
