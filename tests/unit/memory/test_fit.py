from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from types import ModuleType

import pytest

from workbench.boards import Board, Core, find_board
from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.memory.budget import SPARE_ARENA_BYTES, Buffers, Firmware
from workbench.memory.fit import kernel_set, report, usual_engine
from workbench.memory.flash_map import weight_parts
from workbench.memory.tflm.node import KernelSet
from workbench.memory.use import PartKind


@pytest.fixture
def graph(files: ModuleType) -> Graph:
    weights = files.T((8, 16), scales=(0.1,), constant=True)
    bias = files.T((8,), "int32", scales=(0.05,), constant=True)
    tensors = [files.T((1, 16), scales=(0.5,)), weights, bias, files.T((1, 8), scales=(0.5,))]
    op = files.Op("FULLY_CONNECTED", [0, 1, 2], [3], "FullyConnectedOptions")
    return read_graph(files.build(files.G(tensors, [op], [0], [3])))


@pytest.fixture
def board() -> Board:
    return dataclasses.replace(find_board("nano33ble_sense"), reserved_flash_bytes=1000, reserved_ram_bytes=500)


def test_the_whole_file_lies_in_flash(graph: Graph, board: Board) -> None:
    flash = report(graph, board).flash
    assert flash.of_kind(PartKind.WEIGHTS, PartKind.MODEL, PartKind.STRINGS) == graph.bytes
    assert flash.of_kind(PartKind.WEIGHTS) == 8 * 16 + 4 * 8
    assert flash.of_kind(PartKind.STRINGS) == 4 * (4 + len("t0") + 1), "a length in front, a zero behind"
    assert flash.of_kind(PartKind.RESERVED) == 1000
    assert flash.used == sum(part.bytes for part in flash.parts)
    assert flash.low < flash.used < flash.high
    assert flash.free == board.flash_bytes - flash.used


def test_tensors_that_share_a_buffer_count_once(graph: Graph) -> None:
    twin = dataclasses.replace(graph.main.tensors[1], index=4)
    shared = dataclasses.replace(graph.main, tensors=(*graph.main.tensors, twin))
    assert weight_parts(dataclasses.replace(graph, subgraphs=(shared,))) == weight_parts(graph)


def test_ram_by_part(graph: Graph, board: Board) -> None:
    result = report(graph, board, buffers=Buffers(window_bytes=600, feature_bytes=40), firmware=Firmware(0, 7000))
    assert result.ram.of_kind(PartKind.ARENA) == result.arena.required
    assert result.ram.of_kind(PartKind.INTERPRETER) == 208 + 36
    assert result.ram.of_kind(PartKind.WINDOW, PartKind.FEATURES) == 640
    assert result.ram.of_kind(PartKind.FIRMWARE) == 7000
    assert result.ram.of_kind(PartKind.RESERVED) == 500
    stack = result.ram.of_kind(PartKind.STACK)
    assert result.ram.used == result.arena.required + SPARE_ARENA_BYTES + 244 + 640 + 7000 + 500 + stack


def test_fits_at_the_last_byte_and_not_past_it(graph: Graph, board: Board) -> None:
    used = report(graph, board).ram.used
    exactly = report(graph, board, firmware=Firmware(0, board.ram_bytes - used))
    assert exactly.fits
    assert exactly.ram.free == 0
    assert not report(graph, board, firmware=Firmware(0, board.ram_bytes - used + 1)).fits
    assert not report(graph, board, firmware=Firmware(board.flash_bytes, 0)).fits


def test_engines(graph: Graph, board: Board) -> None:
    assert usual_engine(board) == "tflm-cmsis"
    assert report(graph, board).engine == "tflm-cmsis"
    assert report(graph, board, "tflm").arena.used < report(graph, board, "tflm-cmsis").arena.used
    assert kernel_set(board, "tflm-cmsis") == KernelSet(cmsis_nn=True, dsp=True, mve=False)
    with pytest.raises(NotSupported, match="no engine 'fast'"):
        report(graph, board, "fast")


def test_plain_c(graph: Graph, board: Board) -> None:
    result = report(graph, board, "c", firmware=Firmware(300, 40))
    arena = result.arena
    assert arena.used == arena.required == arena.planned == arena.plan.arena_bytes
    assert arena.lower_bound <= arena.required <= arena.live_set == 24
    assert result.flash.of_kind(PartKind.WEIGHTS) == 8 * 16 + 4 * 8  # and no model file
    assert {part.name for part in result.flash.parts if part.exact} == {
        "reserved by the board",
        "your own firmware",
        "t1",
        "t2",
    }
    assert result.flash.low < result.flash.used < result.flash.high
    assert result.flash.used < report(graph, board, "tflm", firmware=Firmware(300, 40)).flash.low
    assert result.ram.of_kind(PartKind.ARENA) == arena.required
    assert result.ram.of_kind(PartKind.FIRMWARE) == 40
    data = json.loads(json.dumps(result.to_json()))
    assert data["arena"]["lower_bound"] == arena.lower_bound
    assert data["arena"]["kernels"][0]["order"].startswith("four outputs at a time")
    assert [step["operator"] for step in data["arena"]["steps"]] == [0]


def test_stored_shapes_are_no_weights_in_plain_c(files: ModuleType, board: Board) -> None:
    shape = files.T((2,), "int32", constant=True)
    tensors = [files.T((1, 1)), shape, files.T((1, 1))]
    op = files.Op("RESHAPE", [0, 1], [2], "ReshapeOptions")
    graph = read_graph(files.build(files.G(tensors, [op], [0], [2])))
    assert report(graph, board, "c").flash.of_kind(PartKind.WEIGHTS) == 0


def test_without_overlap_the_live_set_is_the_bound(graph: Graph, board: Board) -> None:
    arena = report(graph, board, "tflm").arena
    assert arena.lower_bound == arena.live_set <= arena.planned


def test_other_cores_take_reference_kernels(graph: Graph, board: Board) -> None:
    riscv = dataclasses.replace(board, core=Core("esp32-c3", 160_000_000))
    assert usual_engine(riscv) == "tflm"
    # An enumeration takes four bytes there: five fields of the operator's options.
    assert (
        report(graph, riscv).arena.by_kind["operator options"] > report(graph, board).arena.by_kind["operator options"]
    )


def test_kernels_that_a_core_does_not_have_are_refused(graph: Graph) -> None:
    with pytest.raises(NotSupported, match=r"ESP-EYE has another\. Choose one of: c, tflm\.$"):
        report(graph, find_board("esp_eye"), "tflm-cmsis")


def test_boards_that_run_no_models(graph: Graph, board: Board) -> None:
    closed = dataclasses.replace(board, programmable=False, why_not="its firmware is locked.")
    with pytest.raises(NotSupported, match="its firmware is locked"):
        report(graph, closed)


def test_json(graph: Graph, board: Board) -> None:
    result = report(graph, board)
    data = json.loads(json.dumps(result.to_json()))
    assert {"used", "required", "planned", "live_set", "tensors"} <= set(data["arena"])
    assert data["arena"]["required"] == result.arena.required
    assert data["arena"]["tensors"][0] == {
        "name": "t0",
        "tensor": 0,
        "subgraph": 0,
        "offset": 16,
        "bytes": 16,
        "first_op": 0,
        "last_op": 0,
        "reshaped": [],
    }
    flash = data["flash"]
    assert flash["code"] + flash["weights"] + flash["other"] == flash["total"] == result.flash.used
    assert sum(part["bytes"] for part in flash["parts"]) == flash["total"]
    assert data["fits"] is True


def test_memory_of_each_kernel(graph: Graph, board: Board) -> None:
    (kernel,) = report(graph, board).arena.kernels
    assert (kernel.name, kernel.scratch) == ("FULLY_CONNECTED", 0)
    assert kernel.kept == report(graph, board).arena.by_kind["kernel data"]


def test_the_live_set_bounds_every_plan(shared: Path) -> None:
    """Largest sums of tensors alive at once, as counted by hand for the reference models."""
    counted = {"kws_ref": 16_000, "vww_96": 55_296, "ic_resnet8": 49_152, "ad01": 768}
    for name, live in counted.items():
        graph = read_graph((shared / "models" / f"mlperf_{name}_int8.tflite").read_bytes())
        arena = report(graph, find_board("nano33ble_sense"), "tflm").arena
        assert arena.live_set == live
        assert arena.planned >= live
