"""Segments drawn with the mouse and the keys; recordings found, relabelled, removed, brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from pytestqt.qtbot import QtBot

from workbench.operations.projects import copy_sample
from workbench.project.model import Segment
from workbench.ui.pages.label import LabelPage
from workbench.ui.widgets.elided_label import ElidedLabel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(opened: Any, shoulder: Path) -> LabelPage:
    opened.session.open(shoulder)
    found = opened.page("label")
    assert isinstance(found, LabelPage)
    return found


def segments(page: LabelPage) -> list[Segment]:
    project = page.session.project
    assert project is not None
    return project.segments(page._in_view)


def drag(qtbot: QtBot, page: LabelPage, start: float, stop: float) -> None:
    """Drag in the lane from one row to another."""
    lane = page.waveform.lane
    middle = lane.height() // 2
    first, last = (QPoint(round(lane.pixel_of(row)), middle) for row in (start, stop))
    qtbot.mousePress(lane, LEFT, pos=first)
    qtbot.mouseMove(lane, pos=(first + last) / 2)
    qtbot.mouseMove(lane, pos=last)
    qtbot.mouseRelease(lane, LEFT, pos=last)


def close_to(value: int, wanted: int, page: LabelPage) -> bool:
    pixel = abs(page.waveform.lane.row_at(1) - page.waveform.lane.row_at(0))
    return abs(value - wanted) <= pixel + 1


def test_dragging_in_the_lane_adds_a_segment_and_undo_takes_it_back(page: LabelPage, qtbot: QtBot, opened: Any) -> None:
    page.palette_list.choose("pendulum")
    drag(qtbot, page, 500, 900)
    (segment,) = segments(page)
    assert segment.label == "pendulum"
    assert close_to(segment.start, 500, page)
    assert close_to(segment.stop, 900, page)
    assert page.waveform.selected == segment.id
    assert page.undo_button.isEnabled()
    qtbot.mouseClick(page.undo_button, LEFT)
    assert segments(page) == []
    qtbot.mouseClick(page.redo_button, LEFT)
    assert [s.label for s in segments(page)] == ["pendulum"]


def test_a_segment_is_moved_by_its_middle_and_resized_by_its_edges(page: LabelPage, qtbot: QtBot) -> None:
    drag(qtbot, page, 500, 900)
    (before,) = segments(page)
    drag(qtbot, page, 700, 1000)
    (moved,) = segments(page)
    assert moved.stop - moved.start == before.stop - before.start
    assert close_to(moved.start - before.start, 300, page)
    drag(qtbot, page, moved.stop, moved.stop + 400)
    (longer,) = segments(page)
    assert longer.start == moved.start
    assert close_to(longer.stop, moved.stop + 400, page)
    drag(qtbot, page, longer.start, longer.start - 100)
    (both,) = segments(page)
    assert close_to(both.start, longer.start - 100, page)
    assert both.stop == longer.stop


def test_a_segment_cannot_leave_its_recording(page: LabelPage, qtbot: QtBot) -> None:
    drag(qtbot, page, 2000, 2400)
    drag(qtbot, page, 2200, 9000)
    (segment,) = segments(page)
    rows = page._recordings[segment.recording_id].rows
    assert segment.stop == rows


def test_number_keys_relabel_only_while_the_waveform_has_the_focus(page: LabelPage, qtbot: QtBot) -> None:
    page.palette_list.choose("pendulum")
    drag(qtbot, page, 500, 900)
    assert page.waveform.hasFocus()
    qtbot.keyClick(page.waveform, Qt.Key.Key_2)
    assert [s.label for s in segments(page)] == ["external rotation"]
    page.table.focus_filter()
    qtbot.keyClick(page.table.filter, Qt.Key.Key_1)
    assert [s.label for s in segments(page)] == ["external rotation"]
    assert page.table.filter.text() == "1"


def test_delete_removes_the_selected_segment(page: LabelPage, qtbot: QtBot) -> None:
    drag(qtbot, page, 500, 900)
    drag(qtbot, page, 1200, 1500)
    assert page.segments_table.shown_count == 2
    qtbot.keyClick(page.waveform, Qt.Key.Key_Delete)
    assert [close_to(s.start, 500, page) for s in segments(page)] == [True]


def test_escape_gives_a_drag_up(page: LabelPage, qtbot: QtBot) -> None:
    lane = page.waveform.lane
    qtbot.mousePress(lane, LEFT, pos=QPoint(100, 20))
    qtbot.mouseMove(lane, pos=QPoint(200, 20))
    qtbot.keyClick(page.waveform, Qt.Key.Key_Escape)
    qtbot.mouseRelease(lane, LEFT, pos=QPoint(200, 20))
    assert segments(page) == []


def test_a_click_in_the_waveform_selects_the_segment_under_it(page: LabelPage, qtbot: QtBot) -> None:
    drag(qtbot, page, 500, 900)
    (segment,) = segments(page)
    page.waveform.select(None)
    canvas = page.waveform.traces.canvas
    with qtbot.waitSignal(page.waveform.segment_selected):
        place = round(page.waveform.traces.pixel_of(700 / 50))
        qtbot.mouseClick(canvas, LEFT, pos=QPoint(place, canvas.height() // 2))
    assert page.waveform.selected == segment.id


def test_the_overview_moves_the_view_and_the_lane_follows(page: LabelPage, qtbot: QtBot) -> None:
    page.waveform.traces.set_view(0.0, 10.0)
    strip = page.waveform.overview
    qtbot.mouseClick(strip, LEFT, pos=QPoint(strip.width() // 2, 20))
    start, stop = page.waveform.traces.view
    seconds = page._recordings[page._in_view or 0].seconds or 0.0
    assert stop - start == pytest.approx(10.0)
    assert (start + stop) / 2 == pytest.approx(seconds / 2, rel=0.02)
    assert page.waveform.lane.row_at(0) == pytest.approx(start * 50)
    qtbot.keyClick(page.waveform, Qt.Key.Key_0)
    assert page.waveform.traces.view == pytest.approx((0.0, seconds))


def test_a_new_label_can_be_typed_and_is_used_next(page: LabelPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.palette_list.new_label, "stretching")
    qtbot.keyClick(page.palette_list.new_label, Qt.Key.Key_Return)
    drag(qtbot, page, 500, 900)
    assert [s.label for s in segments(page)] == ["stretching"]


def test_the_filter_finds_and_the_table_relabels_many_at_once(page: LabelPage, qtbot: QtBot) -> None:
    project = page.session.project
    assert project is not None
    qtbot.keyClicks(page.table.filter, "pendulum left")
    assert 0 < page.table.table.shown_count < 140
    page.table.table.selectAll()
    chosen = page.table.table.selected()
    page.table.label.setCurrentText("swing")
    qtbot.mouseClick(page.table.relabel, LEFT)
    assert {project.recording(int(str(key))).label for key in chosen} == {"swing"}
    page.session.undo()
    assert {project.recording(int(str(key))).label for key in chosen} == {"pendulum"}


def test_a_name_is_edited_in_place(page: LabelPage, qtbot: QtBot) -> None:
    project = page.session.project
    assert project is not None
    model = page.table.table.model()
    index = page.table.table.currentIndex()
    key = page.table.table.current()
    assert model.setData(index, "first try")
    assert project.recording(int(str(key))).name == "first try"
    assert page.heading.text() == "first try"
    assert not model.setData(page.table.table.currentIndex(), "first try"), "nothing to change"


def test_a_removed_recording_comes_back_with_undo(page: LabelPage, qtbot: QtBot, opened: Any) -> None:
    project = page.session.project
    assert project is not None
    before = len(project.recordings())
    qtbot.mouseClick(page.table.remove, LEFT)
    assert len(project.recordings()) == before - 1
    assert opened.messages() == ["1 recording removed."]
    page.session.undo()
    assert len(project.recordings()) == before


def test_pictures_are_shown_as_a_grid_and_relabelled_with_a_key(
    opened: Any, qtbot: QtBot, samples: Path, tmp_path: Path
) -> None:
    opened.session.open(copy_sample(samples / "fashion_pictures", tmp_path / "pictures"))
    page = opened.page("label")
    project = opened.session.project
    assert page.view.currentWidget() is page.grid
    first = page.grid.model().index(0, 0)
    with qtbot.waitSignal(page.grid.selection_changed):
        qtbot.mouseClick(page.grid.viewport(), LEFT, pos=page.grid.visualRect(first).center())
    (chosen,) = page.grid.selected()
    label = page.palette_list.labels[2]
    qtbot.keyClick(page.grid, Qt.Key.Key_3)
    assert project.recording(chosen).label == label
    assert page.grid.selected() == [chosen], "the selection stays"


def test_an_empty_project_says_what_to_do(opened: Any, tmp_path: Path) -> None:
    assert opened.session.create(tmp_path / "new", "new")
    page = opened.page("label")
    assert page.pages.currentWidget() is page.empty
    assert "Capture" in page.empty.words.text()


def test_another_project_leaves_nothing_of_the_one_before(page: LabelPage, samples: Path, tmp_path: Path) -> None:
    """Ids and file names begin anew in each project, so they cannot tell recordings of two projects apart."""
    page.table.filter.setText("left")
    page.palette_list.choose("pendulum")
    page.table.label.setEditText("pendulum")
    channels = len(page.waveform.traces.lanes)
    page.session.open(copy_sample(samples / "fan_simulated", tmp_path / "fan"))
    page.window().show_place("label")
    assert len(page.waveform.traces.lanes) == 3 != channels
    assert "pendulum" not in page.palette_list.labels
    assert page.palette_list.active in page.palette_list.labels
    assert page.table.label.currentText() in page.palette_list.labels
    assert page.table.filter.text() == ""


def test_another_board_does_not_move_what_is_in_view(page: LabelPage, opened: Any) -> None:
    page._step(3)
    shown = page.heading.text()
    opened.session.choose_board("pico")
    assert page.heading.text() == shown
    opened.page("train")
    opened.session.choose_board("nano33ble_sense")
    assert opened.page("label").heading.text() == shown


def test_names_stay_readable_in_a_small_window(page: LabelPage, opened: Any, qtbot: QtBot) -> None:
    header = page.table.table.horizontalHeader()
    for width in (1024, 1600):
        opened.window.resize(width, 700)
        qtbot.waitUntil(lambda: header.sectionSize(0) >= 72)
    assert header.sectionSize(0) > 200, "a large window's room goes to the names again"


def test_words_that_have_no_room_end_with_dots_and_are_whole_for_the_pointer(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("5 recordings · 8.4 s")
    label.resize(label.sizeHint())
    assert label.shown_text == label.text()
    label.resize(60, 20)
    assert label.shown_text.endswith("…")
    assert label.minimumSizeHint().width() < 60
    label.event(QEvent(QEvent.Type.ToolTip))
    assert label.toolTip() == label.text()
