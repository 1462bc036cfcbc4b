"""The memory page: what is drawn adds up, and belongs together."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.boards import find_board
from workbench.cli import main
from workbench.errors import NotSupported
from workbench.memory.own_firmware.read import is_firmware
from workbench.operations.memory import variant_memory
from workbench.project.settings import ProjectSettings
from workbench.quantities import kilobytes
from workbench.ui.memory_scene import short_name
from workbench.ui.widgets.arena_picture import tick_bytes


def memory_page(opened: Any, folder: Path) -> Any:
    opened.session.open(folder)
    return opened.page("memory")


def test_without_a_model_the_page_says_what_to_do(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    page = memory_page(opened, shoulder)
    assert page.scene is None
    qtbot.mouseClick(page._no_model.button, Qt.MouseButton.LeftButton)
    assert opened.window.page.id == "train"


def test_blocks_add_up_to_what_the_command_line_says(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    project = opened.session.project
    report = variant_memory(project, project.current_variant(), find_board("nano33ble_sense"))
    assert page.flash_map.used == report.flash.used
    assert page.ram_map.used == report.ram.used
    assert page.operators.rows[0].name == "CONV_2D"
    assert sum(row.weight_bytes for row in page.operators.rows) == sum(
        block.bytes for block in page.flash_map.blocks if block.kind == "weights"
    )
    assert "Fits" in page.sentence.text()


def test_an_operator_lights_up_everywhere(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    index = page.operators.index_of(0)
    place = page.operators.visualRect(index).center()
    qtbot.mouseClick(page.operators.viewport(), Qt.MouseButton.LeftButton, pos=place)
    row = page.scene.operators[0]
    assert page.arena.lit == row.placements
    assert page.arena.step == 0
    assert "op:0" in page.flash_map._lit
    assert page.ram_map._lit == {block.key for block in page.ram_map.blocks if block.kind == "arena"}


def test_a_tensor_is_chosen_in_the_picture_and_in_the_table(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    number = max(range(len(page.scene.tensors)), key=lambda i: page.scene.tensors[i].placement.bytes)
    placement = page.scene.tensors[number].placement
    middle = page.arena._sized().rect_of(placement).center().toPoint()
    qtbot.mouseClick(page.arena, Qt.MouseButton.LeftButton, pos=middle)
    assert page.tensors.current() == number
    assert page.arena.lit == {number}
    qtbot.keyClick(page.arena, Qt.Key.Key_Escape)
    assert page.arena.lit == frozenset()


def test_arrow_keys_walk_along_the_operators(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    for expected in (0, 1, 2):
        qtbot.keyClick(page.arena, Qt.Key.Key_Right)
        assert page.operators.current() == expected
    qtbot.keyClick(page.arena, Qt.Key.Key_Left)
    assert page.operators.current() == 1


def test_weights_in_the_flash_map_lead_to_their_operator(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    box = next(box for block, box in page.flash_map._enlarged_boxes() if block.key == "op:2")
    qtbot.mouseClick(page.flash_map, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert page.operators.current() == 2


def test_the_engine_changes_arena_and_code(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    before = page.scene.report
    assert before.engine == "tflm-cmsis"
    qtbot.mouseClick(page.engine.button(1), Qt.MouseButton.LeftButton)
    after = page.scene.report
    assert after.engine == "tflm"
    assert after.flash.used < before.flash.used
    assert "fit bar" in page.advice.text()


def test_a_board_without_those_kernels_does_not_offer_them(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    opened.session.choose_board("esp_eye")
    assert page.scene.report.engine == "tflm"
    assert not page.engine.button(2).isEnabled()


def test_what_it_would_take_to_fit_is_said_with_numbers(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    opened.session.choose_board("frdm_kl03z")
    assert page.sentence.property("role") == "bad"
    lines = page.advice.text().splitlines()
    assert lines[0].startswith("RAM:")
    assert any(line.startswith("Flash:") for line in lines)
    assert any("As it is, it fits:" in line for line in lines)


def test_your_own_firmware_takes_its_part(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    spin = page.form.editor("firmware_ram_bytes")
    spin.setValue(20_000)
    assert opened.session.project.settings(ProjectSettings).firmware_ram_bytes == 20_000
    assert any(block.kind == "firmware" and block.bytes == 20_000 for block in page.ram_map.blocks)


def test_a_variant_for_phones_is_explained(opened: Any, shoulder: Path, add_variant: Callable[..., int]) -> None:
    add_variant(shoulder, name="half", model=b"TFL3 not a model", runs_on_boards=False)
    page = memory_page(opened, shoulder)
    assert page.scene is None
    assert page._off_board.heading.text() == "No memory map for half"


def test_the_pointer_says_exact_bytes(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    placement = page.scene.tensors[0].placement
    assert f"{placement.bytes:,}" in page.arena.tip_at(page.arena._sized().rect_of(placement).center())
    block = page.flash_map.blocks[-1]
    assert f"{block.bytes:,}" in page.flash_map._tip(block)


def test_labels_do_not_overlap(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    for one in (page.flash_map, page.ram_map):
        places = sorted(y for _, y in one._labels())
        assert all(after - before >= 14.9 for before, after in itertools.pairwise(places))


def test_plain_c_stripes_what_input_and_output_share(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    assert not page.arena.picture.drawing.overlaps
    qtbot.mouseClick(page.engine.button(0), Qt.MouseButton.LeftButton)
    report, drawing = page.scene.report, page.arena.picture.drawing
    assert report.engine == "c"
    assert drawing.overlaps
    assert {level.bytes for level in drawing.levels} >= {report.arena.lower_bound, page.scene.tflm.planned}
    saved = page.scene.tflm.required - report.arena.required
    assert kilobytes(saved) in page.advice.text()
    assert page.operators.rows[0].seconds is None
    assert "not known" in page.operators.rows[0].time_note


def test_zooming_goes_down_to_single_bytes_and_back(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    qtbot.keyClick(page.arena, Qt.Key.Key_Right)
    for _ in range(60):
        qtbot.keyClick(page.arena, Qt.Key.Key_Plus)
    picture = page.arena.picture
    assert picture.bytes.length < 8
    middle = (picture.bytes.low + picture.bytes.high) / 2
    point = QPointF(picture.x(0.5), picture.y(int(middle) + 0.5))
    assert picture.readout(point).startswith(f"byte {int(middle):,}  ·  operator 0 CONV_2D")
    page.arena.grab()
    qtbot.keyClick(page.arena, Qt.Key.Key_Home)
    assert picture.bytes.is_whole


def test_the_network_and_the_lists_choose_each_other(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    qtbot.mouseClick(page.views.button(2), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    place = page.network.box_of(2).center().toPoint()
    qtbot.mouseClick(page.network, Qt.MouseButton.LeftButton, pos=place)
    assert page.operators.current() == 2
    assert page.arena.step == 2
    qtbot.keyClick(page.arena, Qt.Key.Key_Left)
    assert page.network.lit == {1}


def test_your_firmware_is_read_from_a_file_and_undone(opened: Any, trained: Path, tmp_path: Path) -> None:
    page = memory_page(opened, trained)
    printed = tmp_path / "size.txt"
    printed.write_text(
        "   text\t   data\t    bss\t    dec\t    hex\tfilename\n  50000\t   1000\t   9000\t  60000\t   ea60\ta.elf\n"
    )
    assert is_firmware(printed)
    page.take_firmware(printed)
    assert opened.session.project.settings(ProjectSettings).firmware_flash_bytes == 51_000
    assert any(block.kind == "firmware" and block.bytes == 10_000 for block in page.ram_map.blocks)
    opened.session.undo()
    assert opened.session.project.settings(ProjectSettings).firmware_flash_bytes == 0
    broken = tmp_path / "broken.elf"
    broken.write_bytes(b"nothing")
    assert not is_firmware(broken)
    page.take_firmware(broken)
    assert "broken.elf" in opened.messages()[-1]


def test_pictures_and_plan_are_saved(opened: Any, trained: Path, tmp_path: Path) -> None:
    page = memory_page(opened, trained)
    page.save(tmp_path / "sheet.svg")
    page.save(tmp_path / "sheet.png")
    page.save_arena(tmp_path / "arena.svg")
    page.save(tmp_path / "plan.json")
    words = (tmp_path / "sheet.svg").read_text(encoding="utf-8")
    assert "CONV_2D" in words
    assert "<image" not in words  # lines and text, not a photograph of the screen
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "plan.json").read_text()) == json.loads(json.dumps(page.scene.report.to_json()))
    with pytest.raises(NotSupported, match=r"\.svg"):
        page.save(tmp_path / "sheet.bmp")


def test_regions_at_other_addresses_are_told(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    assert not page.regions.text()
    opened.session.choose_board("stm32f746_discovery")
    first, *others = page.regions.text().splitlines()
    assert first.startswith("DTCM")
    assert any("SDRAM" in line for line in others)


def test_the_command_line_draws_too(qapp: QApplication, int8_model: bytes, tmp_path: Path) -> None:
    model, picture = tmp_path / "model.tflite", tmp_path / "model.svg"
    model.write_bytes(int8_model)
    assert main(["memory", str(model), "--engine", "c", "--svg", str(picture)]) == 0
    assert "model on Arduino" in picture.read_text(encoding="utf-8")
    assert main(["memory", str(model), "--png", str(picture)]) == 2


def test_grid_lines_and_names() -> None:
    assert tick_bytes(100, 6) == 32
    assert tick_bytes(16_000, 6) == 4096
    assert short_name("sequential/conv2d/Relu;sequential/conv2d/BiasAdd") == "conv2d/Relu"
    assert short_name("serving_default_input:0") == "serving_default_input"
