"""RAM of several regions: which adjoin, and what goes elsewhere."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workbench.boards import built_in_boards, find_board
from workbench.graph.read import read_graph
from workbench.memory.budget import Buffers
from workbench.memory.fit import report
from workbench.memory.plan import Placement, overlaps
from workbench.memory.ram_use import ram_regions


@pytest.mark.parametrize("board", built_in_boards().values(), ids=lambda board: board.id)
def test_the_first_regions_of_every_board_are_its_ram(board: object) -> None:
    made_of, others = ram_regions(board)  # type: ignore[arg-type]  # pytest names no types
    assert sum(region.bytes for region in made_of) == board.ram_bytes  # type: ignore[attr-defined]
    assert made_of + others == (board.regions or made_of)  # type: ignore[attr-defined]


def test_a_camera_frame_lies_outside_the_chip_where_it_can(shared: Path) -> None:
    graph = read_graph((shared / "models" / "hello_world_int8.tflite").read_bytes())
    buffers = Buffers(frame_bytes=19_200)
    outside = report(graph, find_board("esp_eye"), buffers=buffers).ram
    psram = next(other for other in outside.elsewhere if other.region.external)
    assert psram.used == 19_200
    assert not outside.of_kind("frame")  # type: ignore[arg-type]  # a PartKind is its own text
    inside = report(graph, find_board("nano33ble_sense"), buffers=buffers).ram
    assert any(part.bytes == 19_200 for part in inside.parts)


def test_what_does_not_fit_elsewhere_does_not_fit(shared: Path) -> None:
    graph = read_graph((shared / "models" / "hello_world_int8.tflite").read_bytes())
    ram = report(graph, find_board("esp_eye"), buffers=Buffers(frame_bytes=1 << 24)).ram
    assert ram.free > 0
    assert not ram.fits
    assert dataclasses.replace(ram, elsewhere=()).fits is not False


def test_overlaps_name_the_newer_one() -> None:
    old = Placement("old", 0, 0, 100, 0, 3)
    new = Placement("new", 1, 40, 100, 3, 5)
    later = Placement("later", 2, 0, 40, 4, 5)
    (found,) = overlaps([new, old, later])
    assert (found.older, found.newer, found.low, found.high, found.first_op, found.last_op) == (1, 0, 40, 100, 3, 3)
