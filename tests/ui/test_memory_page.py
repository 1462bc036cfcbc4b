"""The memory page: what is drawn adds up, and belongs together."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.boards import find_board
from workbench.cli import main
from workbench.dataset.settings import WindowSettings
from workbench.errors import NotSupported
from workbench.figures import Source
from workbench.memory.host_check import HostCheck
from workbench.memory.own_firmware.read import is_firmware
from workbench.operations import verified
from workbench.operations.check import Limits, check_limits
from workbench.operations.memory import variant_memory
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.quantities import kilobytes, quantity, unbroken
from workbench.target.core import board_core
from workbench.target.cycles import InstructionMix
from workbench.target.image_file import FlashSizes
from workbench.target.verify import RamSizes, StepCount, Verification
from workbench.ui.memory_rows import short_name
from workbench.ui.widgets.arena_picture import tick_bytes
from workbench.ui.widgets.share_bar import Share, ShareBar


def memory_page(opened: Any, folder: Path) -> Any:
    opened.session.open(folder)
    page = opened.page("memory")
    planned(opened, page)
    return page


def planned(opened: Any, page: Any) -> None:
    """Wait until the page shows what was computed, or why there is nothing."""
    opened.wait_until(lambda: page.settled)


def test_without_a_model_the_page_says_what_to_do(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    page = memory_page(opened, shoulder)
    assert page.scene is None
    qtbot.mouseClick(page._no_model.button, Qt.MouseButton.LeftButton)
    assert opened.window.page.id == "train"


def test_blocks_add_up_to_what_the_command_line_says(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    project = opened.session.project
    for deployment in (ProjectSettings(engine="c", code_option="size"), ProjectSettings(engine="c"), ProjectSettings()):
        opened.session.perform(change_settings, deployment)
        planned(opened, page)
        report = variant_memory(project, project.current_variant(), find_board("nano33ble_sense"))
        assert page.scene.report.engine == report.engine
        assert page.picture.flash_map.used == report.flash.used
        assert page.picture.ram_map.used == report.ram.used
        assert page.operators.table.rows[0].name == "CONV_2D"
        assert sum(row.weight_bytes for row in page.operators.table.rows) == sum(
            block.bytes for block in page.picture.flash_map.blocks if block.kind == "weights"
        )
    assert "Fits" in page.picture.sentence.text()


def test_an_operator_lights_up_everywhere(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    index = page.operators.table.index_of(0)
    place = page.operators.table.visualRect(index).center()
    qtbot.mouseClick(page.operators.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    row = page.scene.operators[0][0]
    assert page.picture.arena.lit == row.placements
    assert page.picture.arena.step == 0
    assert "op:0:0" in page.picture.flash_map._lit
    assert page.picture.ram_map._lit == {block.key for block in page.picture.ram_map.blocks if block.kind == "arena"}


def test_an_operator_lights_up_the_kernel_it_runs(opened: Any, trained: Path) -> None:
    """As plain C, a convolution of 1 x 1 has a kernel of its own."""
    page = memory_page(opened, trained)
    page._switch_engine(0)
    planned(opened, page)
    for row in page.scene.operators[0]:
        page.lights.choose((0, row.index))
        lit = {block.detail for block in page.picture.flash_map.blocks if block.key in page.picture.flash_map._lit}
        assert f"{row.name} kernel" in lit
    pointwise = dataclasses.replace(page.scene.operators[0][0], code="CONV_2D 1x1 kernel")
    assert page.lights._flash_keys(pointwise) == ["op:0:0"]


def test_the_legend_of_the_arena_grows_until_every_part_has_its_words(qapp: QApplication) -> None:
    bar = ShareBar("parts")
    bar.show_shares([Share(f"a part with a name {n}", 100 * n, QColor("red")) for n in range(1, 8)])
    heights = {width: bar.heightForWidth(width) for width in (200, 400, 2000)}
    assert heights[200] > heights[400] > heights[2000]
    for width, height in heights.items():
        legend = bar._legend(width)
        assert len(legend) == 7 and all(entry.bottom() <= height for _, _, entry in legend)


def test_a_tensor_is_chosen_in_the_picture_and_in_the_table(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    number = max(range(len(page.scene.tensors)), key=lambda i: page.scene.tensors[i].placement.bytes)
    placement = page.scene.tensors[number].placement
    middle = page.picture.arena._sized().rect_of(placement).center().toPoint()
    qtbot.mouseClick(page.picture.arena, Qt.MouseButton.LeftButton, pos=middle)
    assert page.tensors.current() == number
    assert page.picture.arena.lit == {number}
    qtbot.keyClick(page.picture.arena, Qt.Key.Key_Escape)
    assert page.picture.arena.lit == frozenset()


def test_arrow_keys_walk_along_the_operators(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    for expected in (0, 1, 2):
        qtbot.keyClick(page.picture.arena, Qt.Key.Key_Right)
        assert page.operators.table.current() == expected
    qtbot.keyClick(page.picture.arena, Qt.Key.Key_Left)
    assert page.operators.table.current() == 1


def test_weights_in_the_flash_map_lead_to_their_operator(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    box = next(box for block, box in page.picture.flash_map._enlarged_boxes() if block.key == "op:0:2")
    qtbot.mouseClick(page.picture.flash_map, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert page.operators.table.current() == 2


def test_the_engine_changes_arena_and_code(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    before = page.scene.report
    assert before.engine == "tflm-cmsis"
    qtbot.mouseClick(page.engine.button(1), Qt.MouseButton.LeftButton)
    planned(opened, page)
    after = page.scene.report
    assert after.engine == "tflm"
    assert after.flash.used < before.flash.used
    assert opened.session.project.settings(ProjectSettings).engine == "tflm"
    opened.session.undo()
    planned(opened, page)
    assert page.scene.report.engine == "tflm-cmsis"


def test_a_board_without_those_kernels_does_not_offer_them(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    opened.session.choose_board("esp_eye")
    planned(opened, page)
    assert page.scene.report.engine == "tflm"
    assert not page.engine.button(2).isEnabled()


def test_what_it_would_take_to_fit_is_said_with_numbers(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    opened.session.choose_board("frdm_kl03z")
    planned(opened, page)
    assert page.picture.sentence.property("role") == "bad"
    lines = page.picture.advice.text().splitlines()
    assert lines[0].startswith("RAM:")
    assert any(line.startswith("Flash:") for line in lines)
    assert any("As it is, it fits:" in line for line in lines)


def test_your_own_firmware_takes_its_part(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    spin = page.form.editor("firmware_ram_bytes")
    spin.setValue(20_000)
    planned(opened, page)
    assert opened.session.project.settings(ProjectSettings).firmware_ram_bytes == 20_000
    assert any(block.kind == "firmware" and block.bytes == 20_000 for block in page.picture.ram_map.blocks)


def test_a_variant_for_phones_is_explained(opened: Any, shoulder: Path, add_variant: Callable[..., int]) -> None:
    add_variant(shoulder, name="half", model=b"TFL3 not a model", runs_on_boards=False)
    page = memory_page(opened, shoulder)
    assert page.scene is None
    assert page._off_board.heading.text() == "No memory map for half"


def test_the_pointer_says_exact_bytes(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    placement = page.scene.tensors[0].placement
    assert f"{placement.bytes:,}" in page.picture.arena.tip_at(page.picture.arena._sized().rect_of(placement).center())
    block = page.picture.flash_map.blocks[-1]
    assert f"{block.bytes:,}" in page.picture.flash_map._tip(block)


def test_labels_do_not_overlap(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    for one in (page.picture.flash_map, page.picture.ram_map):
        places = sorted(y for _, y in one._labels())
        assert all(after - before >= 14.9 for before, after in itertools.pairwise(places))


def test_plain_c_stripes_what_input_and_output_share(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    assert not page.picture.arena.picture.drawing.overlaps
    qtbot.mouseClick(page.engine.button(0), Qt.MouseButton.LeftButton)
    planned(opened, page)
    report, drawing = page.scene.report, page.picture.arena.picture.drawing
    assert report.engine == "c"
    assert drawing.overlaps
    assert {level.bytes for level in drawing.levels} >= {report.arena.lower_bound, page.scene.tflm.planned}
    saved = page.scene.tflm.required - report.arena.required
    assert unbroken(kilobytes(saved)) in page.picture.advice.text()
    row = page.operators.table.rows[0]
    assert row.seconds
    assert "estimated" in row.time_note


def test_zooming_goes_down_to_single_bytes_and_back(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    qtbot.keyClick(page.picture.arena, Qt.Key.Key_Right)
    for _ in range(60):
        qtbot.keyClick(page.picture.arena, Qt.Key.Key_Plus)
    picture = page.picture.arena.picture
    assert picture.bytes.length < 8
    middle = (picture.bytes.low + picture.bytes.high) / 2
    point = QPointF(picture.x(0.5), picture.y(int(middle) + 0.5))
    assert picture.readout(point).startswith(f"byte {int(middle):,}  ·  operator 0 CONV_2D")
    page.picture.arena.grab()
    qtbot.keyClick(page.picture.arena, Qt.Key.Key_Home)
    assert picture.bytes.is_whole


def test_the_arena_moves_at_once_and_is_drawn_anew_after(opened: Any, qtbot: QtBot, trained: Path) -> None:
    arena = memory_page(opened, trained).picture.arena
    arena.grab()
    kept = arena._frame
    arena.grab()
    assert arena._frame is kept, "nothing changed: the same pixels again"
    arena._frame = dataclasses.replace(kept, seconds=1.0)  # as if a large model took that long
    picture = arena.picture
    picture.bytes = picture.bytes.zoomed(0.5, 1000).moved(100)
    arena.grab()
    assert arena._frame.pixels is kept.pixels
    assert arena._frame.moved(picture)
    qtbot.waitUntil(lambda: arena._frame is not None and not arena._frame.moved(picture))
    arena.highlight((0,))
    arena.grab()
    assert arena._frame.looks != kept.looks


def test_the_network_and_the_lists_choose_each_other(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    qtbot.mouseClick(page.picture.views.button(2), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    place = page.picture.network.box_of(2).center().toPoint()
    qtbot.mouseClick(page.picture.network, Qt.MouseButton.LeftButton, pos=place)
    assert page.operators.table.current() == 2
    assert page.picture.arena.step == 2
    qtbot.keyClick(page.picture.arena, Qt.Key.Key_Left)
    assert page.picture.network.lit == {1}


def test_your_firmware_is_read_from_a_file_and_undone(opened: Any, trained: Path, tmp_path: Path) -> None:
    page = memory_page(opened, trained)
    printed = tmp_path / "size.txt"
    printed.write_text(
        "   text\t   data\t    bss\t    dec\t    hex\tfilename\n  50000\t   1000\t   9000\t  60000\t   ea60\ta.elf\n"
    )
    assert is_firmware(printed)
    page.take_firmware(printed)
    planned(opened, page)
    assert opened.session.project.settings(ProjectSettings).firmware_flash_bytes == 51_000
    assert any(block.kind == "firmware" and block.bytes == 10_000 for block in page.picture.ram_map.blocks)
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
    assert not page.picture.regions.isVisible()
    opened.session.choose_board("stm32f746_discovery")
    planned(opened, page)
    first, *others = page.picture.ram_map._regions
    assert first.name.startswith("DTCM")
    assert others
    whole, _ = page.picture.ram_map._columns()
    assert page.picture.ram_map.region_at(whole.center()) is not None
    regions = page.picture.regions
    assert regions.isVisible()
    assert any("SDRAM" in use.region.name for use in regions.uses)
    assert all(regions.rect().toRectF().contains(regions.bar_of(place)) for place in range(len(regions.uses)))


@pytest.fixture
def with_condition(files: Any, shoulder: Path, add_variant: Callable[..., int]) -> Path:
    """A project whose model has three graphs: the main one runs one of the two others."""
    tensors = [files.T((1, 40), "float32")] * 4
    chain = [files.Op("RELU", [0], [1]), files.Op("LOGISTIC", [1], [2]), files.Op("RELU", [2], [3])]
    whether = files.Op("IF", [0, 1], [2], "IfOptions", {"ThenSubgraphIndex": 1, "ElseSubgraphIndex": 2})
    main = files.G([files.T((1,), "bool"), *tensors[:2]], [whether], [0, 1], [2])
    long, short = files.G(tensors, chain, [0], [3]), files.G(tensors[:2], chain[:1], [0], [1])
    add_variant(shoulder, model=files.build(main, long, short))
    return shoulder


def test_one_of_several_graphs_is_chosen_and_the_arena_has_all(opened: Any, qtbot: QtBot, with_condition: Path) -> None:
    page = memory_page(opened, with_condition)
    choice, table = page.operators.subgraphs, page.operators.table
    assert choice.isVisible()
    assert choice.count() == 3
    assert [row.name for row in table.rows] == ["IF"]
    assert {placement.subgraph for placement in page.picture.arena.picture.drawing.plan.placements} == {0, 1, 2}
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert [row.name for row in table.rows] == ["RELU", "LOGISTIC", "RELU"]
    assert page.picture.subgraph == 1
    step = page.scene.step_of(1, 1)
    page.picture.arena.step_chosen.emit(step)
    assert table.current() == 1
    assert page.picture.arena.step == step
    page.picture.arena.placement_hovered.emit(next(row.index for row in page.scene.tensors if row.name == "input"))
    assert page.picture.subgraph == 1, "what is pointed at brings no other graph into view"
    page.picture.arena.step_chosen.emit(0)
    assert page.picture.subgraph == 0, "an operator of another graph brings that graph into view"
    assert choice.currentIndex() == 0
    assert [row.name for row in table.rows] == ["IF"]


def test_an_engine_that_cannot_run_the_model_says_so_and_changes_nothing(
    opened: Any, qtbot: QtBot, with_condition: Path
) -> None:
    page = memory_page(opened, with_condition)
    qtbot.mouseClick(page.engine.button(0), Qt.MouseButton.LeftButton)
    planned(opened, page)
    assert "IF" in opened.messages()[0]
    assert page.scene.report.engine == "tflm-cmsis"
    assert opened.session.project.settings(ProjectSettings).engine == "usual"


def test_a_model_that_no_engine_runs_is_explained_once(
    opened: Any, files: Any, shoulder: Path, add_variant: Callable[..., int]
) -> None:
    op = files.Op("HashTable", [0], [1])
    add_variant(shoulder, name="odd", model=files.build(files.G([files.T((1, 4))] * 2, [op], [0], [1])))
    opened.session.open(shoulder)
    opened.session.perform(change_settings, ProjectSettings(engine="c"))
    page = opened.page("memory")
    planned(opened, page)
    assert page.scene is None
    assert page._off_board.isVisible()
    assert "HashTable" in page._off_board.words.text()


def test_what_the_emulator_counted_takes_the_place_of_estimates(
    opened: Any, trained: Path, tmp_path: Path, int8_model: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (StepCount(0, "CONV_2D", 10, 64_000, 500), StepCount(None, "between the steps", 1, 10, 0))
    found = Verification(
        core="cortex-m4", compiler="zig", option="speed", bit_exact=True, against="TFLM", difference="", windows=1,
        instructions=11, cycles=64_010, cycles_low=6e4, cycles_high=7e4, cycles_source="a manual",
        windows_from="random bytes",
        flash=FlashSizes(code=1_000, weights=500, constants=50), ram=RamSizes(4_000, 0, 200), per_operator=steps,
        mix=InstructionMix(4, 3, 4),
    )  # fmt: skip
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    verified.keep(int8_model, found, board_core(find_board("nano33ble_sense")), None)
    page = memory_page(opened, trained)
    page._switch_engine(0)
    planned(opened, page)
    page.picture.show_core()
    opened.session.verifier.verified.emit(found)
    planned(opened, page)
    assert page.scene.report.engine == "c"
    core = page.picture.core
    opened.wait_until(lambda: bool(core.steps.rows))
    assert [row.name for row in core.steps.rows] == ["CONV_2D", "between the steps"]
    assert core.steps.height() > 3 * core.steps.verticalHeader().defaultSectionSize(), "all steps, and a heading"
    assert core.steps.rows[0].share == pytest.approx(64_000 / 64_010)
    assert core.outcome.text() == "Bit-exact with TFLM on 1 window of random bytes."
    assert core.outcome.property("role") == "good" and not page.picture.flash_map.isVisible()
    titles = [row.name for row in core.engines.rows]
    assert titles == ["Plain C (compiled, emulated)", "TFLM (estimated)", "TFLM with CMSIS-NN (estimated)"]
    assert core.saving.text().startswith("Plain C against TFLM with CMSIS-NN: ")
    opened.wait_until(lambda: page.picture.energy.report is not None)
    opened.wait_until(lambda: page.picture.energy.report.latency.source is Source.EMULATED)
    assert "Inference (emulated): 11 instructions" in page.picture.energy.facts.text()
    row = page.operators.table.rows[0]
    assert row.seconds == pytest.approx(0.001)
    assert row.time_note.startswith("emulated")
    assert [block.bytes for block in page.picture.flash_map.blocks if block.kind == "weights"] == [500]
    flash, ram, time = check_limits(trained, None, Limits()).checks  # the command line says the same
    assert (flash.measured, ram.measured) == (page.scene.report.flash.used, page.scene.report.ram.used)
    assert flash.source is ram.source is Source.COMPILED
    assert time.measured == page.picture.energy.report.latency.value and "normalization" in time.parts
    assert f"include features: {quantity(time.parts['normalization'], 's')}" in core.saving.text()


def test_a_model_from_elsewhere_is_judged_by_the_recordings(
    opened: Any, qtbot: QtBot, shoulder: Path, int8_model: bytes
) -> None:
    with Project.open(shoulder) as project, project.step("Open model"):
        project.save_settings(WindowSettings(length_s=3.0, stride_s=3.0))
        project.add_variant(
            None, name="int8", recipe={}, model=int8_model, quantization="int8", sparsity=0.0, evaluation={},
            runs_on_boards=True,
        )  # fmt: skip
    page = memory_page(opened, shoulder)
    qtbot.mouseClick(page.judge_button, Qt.MouseButton.LeftButton)
    opened.wait_until(lambda: bool(opened.messages()))
    assert "labelled windows of 140 recordings." in opened.messages()[0]
    accuracy = opened.window.fit_bar.cells["accuracy"]
    opened.wait_until(lambda: accuracy.figure.source is Source.EVALUATED)


def test_plain_c_is_made_for_speed_or_size(opened: Any, qtbot: QtBot, trained: Path) -> None:
    page = memory_page(opened, trained)
    assert not page.made_for.isVisible()
    qtbot.mouseClick(page.engine.button(0), Qt.MouseButton.LeftButton)
    planned(opened, page)
    assert page.made_for.isVisible()
    box = page.made_for.editor("code_option")
    box.setCurrentIndex(1)
    box.activated.emit(1)
    planned(opened, page)
    assert opened.session.project.settings(ProjectSettings).code_option == "size"


def test_the_host_check_is_labelled_as_what_it_is(opened: Any, trained: Path) -> None:
    page = memory_page(opened, trained)
    page._checked(HostCheck("1", 2_000, 1_000, 1_000, (), 1_000))
    assert "never the board's arena" in opened.messages()[0]


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
