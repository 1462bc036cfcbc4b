"""The frame around the pages: rail, top bar, boards, palette, fit bar, keys, errors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QShortcut
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from workbench.boards import load_boards
from workbench.operations.recordings import relabel_recordings
from workbench.project.store import Project
from workbench.ui import app
from workbench.ui.actions import duplicate_shortcuts
from workbench.ui.board_menu import matches, sorted_boards
from workbench.ui.command_palette import rank
from workbench.ui.pages import STATIONS


def click(qtbot: QtBot, widget: Any) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_without_a_project_only_the_welcome_page_can_be_seen(opened: Any, qtbot: QtBot) -> None:
    assert opened.window.page.id == "welcome"
    assert not opened.window.rail.button("train").isEnabled()
    opened.window.show_place("train")
    assert opened.window.page.id == "welcome"


def test_opening_a_project_enters_the_line_and_closing_leaves_it(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    with qtbot.waitSignal(opened.session.opened):
        assert opened.session.open(shoulder)
    assert opened.window.page.id == STATIONS[0].id
    assert opened.window.top_bar.project.text() == "Shoulder exercises"
    click(qtbot, opened.window.rail.button("memory"))
    assert opened.window.page.id == "memory"
    opened.window.trigger("project.close")
    assert opened.window.page.id == "welcome"
    assert opened.window.top_bar.project.text() == "No project"


def test_control_and_a_digit_goes_to_each_station(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    opened.session.open(shoulder)
    opened.window.activateWindow()
    for number, station in reversed(list(enumerate(STATIONS, start=1))):
        qtbot.keyClick(opened.window, Qt.Key(Qt.Key.Key_0.value + number), Qt.KeyboardModifier.ControlModifier)
        assert opened.window.page.id == station.id


def test_no_two_actions_share_a_key(opened: Any, shoulder: Path) -> None:
    opened.session.open(shoulder)
    for station in STATIONS:
        page = opened.page(station.id)
        actions = [*opened.window.actions_table, *page.page_actions()]
        assert duplicate_shortcuts(actions) == []
        assert all(action.tip and action.title for action in actions)
        assert page.help_text, f"{station.id} has no help"


def test_every_key_of_the_table_listens(opened: Any) -> None:
    listening = {one.objectName() for one in opened.window.findChildren(QShortcut)}
    assert {action.id for action in opened.window.actions_table if action.shortcut} <= listening


def test_undo_names_the_step_and_takes_it_back(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    session = opened.session
    session.open(shoulder)
    first = session.project.recordings()[0]
    session.perform(relabel_recordings, [first.id], "waving")
    undo = next(action for action in opened.window.actions_table if action.id == "edit.undo")
    assert undo.shown_title == "Undo: Relabel one recording"
    with qtbot.waitSignal(session.changed):
        opened.window.trigger("edit.undo")
    assert session.project.recording(first.id).label == first.label
    with qtbot.waitSignal(session.changed):
        opened.window.trigger("edit.redo")
    assert session.project.recording(first.id).label == "waving"


def test_a_broken_project_is_one_message_and_changes_nothing(opened: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "project.db").write_bytes(b"not a database" * 100)
    assert not opened.session.open(broken)
    assert opened.session.project is None
    assert len(opened.messages()) == 1
    assert "Traceback" not in opened.messages()[0]


def test_a_defect_is_one_line_and_never_a_traceback(
    opened: Any, monkeypatch: pytest.MonkeyPatch, shoulder: Path
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    app._say_defects_inline(opened.session)
    opened.session.open(shoulder)
    try:
        raise ZeroDivisionError("division by zero")
    except ZeroDivisionError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]  # they are set here
    assert "division by zero" in opened.messages()[-1]
    assert "\n" not in opened.messages()[-1]


def test_a_message_can_be_put_away(opened: Any, qtbot: QtBot) -> None:
    page = opened.window.page
    done: list[str] = []
    page.show_message("warn", "The rate is odd.", ("Measure", lambda: done.append("measured")))
    page.show_message("info", "Second.")
    (first, _second) = page.messages.messages()
    click(qtbot, first.findChild(QPushButton, "message_action"))
    assert done == ["measured"]
    assert opened.messages() == ["Second."]


def test_messages_do_not_pile_up(opened: Any) -> None:
    for number in range(6):
        opened.window.page.show_message("info", f"message {number}")
    opened.window.page.show_message("info", "message 5")
    assert opened.messages() == ["message 3", "message 4", "message 5"]


# --- boards --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("nano 256", "nano33ble_sense"),
        ("cortex-m0plus 32 KB", "frdm_kl03z"),
        ("2048kb pico", "pico"),
        ("ESP", "esp_eye"),
    ],
)
def test_boards_are_found_by_what_is_known_of_them(words: str, found: str) -> None:
    assert found in {board.id for board in load_boards().values() if matches(board, words)}


def test_the_plugged_in_board_comes_first_and_what_cannot_be_programmed_last() -> None:
    order = [board.id for board in sorted_boards(load_boards(), {"pico"})]
    assert order[0] == "pico"
    assert order[-1] == "ndp100"


def test_choosing_a_board_by_typing(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    opened.session.open(shoulder)
    click(qtbot, opened.window.top_bar.board)
    menu = opened.window.board_menu
    assert menu.isVisible()
    qtbot.keyClicks(menu.search, "kl03")
    assert [board.id for board in menu.boards()] == ["frdm_kl03z"]
    with qtbot.waitSignal(opened.session.board_changed):
        qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert not menu.isVisible()
    assert opened.window.top_bar.board.text() == "FRDM-KL03Z"
    opened.session.close()
    with Project.open(shoulder) as project:
        from workbench.project.settings import ProjectSettings

        assert project.settings(ProjectSettings).board == "frdm_kl03z"


# --- palette -------------------------------------------------------------------------------------------


def test_the_palette_finds_and_does(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    opened.session.open(shoulder)
    qtbot.keyClick(opened.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = opened.window.palette_popup
    assert palette.isVisible()
    qtbot.keyClicks(palette.search, "export")
    assert palette.titles()[0] == "Go to Export"
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert opened.window.page.id == "export"


def test_what_cannot_be_done_now_comes_last_and_does_nothing(opened: Any, qtbot: QtBot) -> None:
    opened.window.open_palette()
    palette = opened.window.palette_popup
    qtbot.keyClicks(palette.search, "go to train")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_arrows_move_in_the_list_while_one_types(opened: Any, qtbot: QtBot) -> None:
    opened.window.open_palette()
    palette = opened.window.palette_popup
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    palette.close()


def test_better_fits_rank_first() -> None:
    assert rank("Export", "exp") == 0
    assert rank("Go to Export", "exp") == 1
    assert rank("Command palette", "cp") == 3
    assert rank("Undo", "x") is None


# --- fit bar -------------------------------------------------------------------------------------------


def test_without_a_model_every_figure_is_a_dash(opened: Any, shoulder: Path) -> None:
    opened.session.open(shoulder)
    cells = opened.window.fit_bar.cells
    assert {cell.accessibleDescription().strip() for cell in cells.values()} == {"–"}
    assert opened.window.fit_bar.verdict.detail == "no model yet"


def test_figures_say_how_they_are_known(opened: Any, qtbot: QtBot, trained: Path) -> None:
    opened.session.open(trained)
    qtbot.waitUntil(lambda: opened.session.figures is not None)
    cells = opened.window.fit_bar.cells
    assert cells["flash"].footnote.startswith("estimated")
    assert cells["accuracy"].footnote.startswith("evaluated")
    assert "±" in cells["accuracy"].footnote
    assert opened.window.fit_bar.verdict.words == "FITS ✓"
    assert "arena" in cells["ram"].toolTip()


def test_a_new_board_dims_the_figures_until_they_are_computed(opened: Any, qtbot: QtBot, trained: Path) -> None:
    opened.session.open(trained)
    qtbot.waitUntil(lambda: opened.session.figures is not None)
    opened.session.choose_board("frdm_kl03z")
    cell = opened.window.fit_bar.cells["flash"]
    assert cell.dimmed
    qtbot.waitUntil(lambda: not cell.dimmed)
    assert cell.over_by is not None
    assert cell.footnote.endswith("over")
    assert opened.window.fit_bar.verdict.words == "DOES NOT FIT"


@pytest.mark.parametrize(("cell", "station"), [("ram", "memory"), ("latency", "memory"), ("accuracy", "compress")])
def test_a_click_goes_to_the_station_that_explains(
    opened: Any, qtbot: QtBot, trained: Path, cell: str, station: str
) -> None:
    opened.session.open(trained)
    click(qtbot, opened.window.fit_bar.cells[cell])
    assert opened.window.page.id == station


def test_energy_time_and_sizes_have_their_own_pictures(opened: Any, qtbot: QtBot, trained: Path) -> None:
    opened.session.open(trained)
    cells = opened.window.fit_bar.cells
    for cell, shown in (("energy", "energy"), ("latency", "core"), ("ram", "arena")):
        click(qtbot, cells[cell])
        picture = opened.window.page.picture
        assert [name for name in ("arena", "core", "energy") if not getattr(picture, name).isHidden()] == [shown]
        assert picture.ram_map.parentWidget().isHidden() == (shown != "arena")


def test_names_from_files_do_not_become_markup(
    opened: Any, qtbot: QtBot, shoulder: Path, add_variant: Callable[..., int]
) -> None:
    add_variant(shoulder, name="<b>bold</b>", runs_on_boards=False)
    opened.session.open(shoulder)
    qtbot.waitUntil(lambda: opened.session.figures is not None)
    assert "&lt;b&gt;" in opened.window.fit_bar.cells["flash"].toolTip()


# --- files, help, size ---------------------------------------------------------------------------------


def drop(window: Any, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(QPoint(10, 10)), Qt.DropAction.CopyAction, data, left, none))


def test_a_dropped_project_is_opened(opened: Any, shoulder: Path) -> None:
    drop(opened.window, shoulder)
    assert opened.session.project is not None


def test_dropped_files_are_imported_in_a_child(opened: Any, qtbot: QtBot, shoulder: Path, tmp_path: Path) -> None:
    opened.session.open(shoulder)
    before = len(opened.session.project.recordings())
    table = tmp_path / "wave.csv"
    table.write_text("time_s,ax,ay\n" + "".join(f"{i / 50},{i % 7},{i % 5}\n" for i in range(200)))
    with qtbot.waitSignal(opened.session.changed, timeout=30_000):
        drop(opened.window, table)
    assert len(opened.session.project.recordings()) == before + 1
    assert opened.messages()[-1] == "Imported 1 recording from 1 file."


def test_files_dropped_without_a_project_say_what_to_do(opened: Any, tmp_path: Path) -> None:
    drop(opened.window, tmp_path / "a.csv")
    assert "Open one or make a new one" in opened.messages()[0]


def test_help_opens_beside_the_page_and_follows_it(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    opened.session.open(shoulder)
    opened.page("memory")
    qtbot.keyClick(opened.window, Qt.Key.Key_F1)
    assert opened.window.help.isVisible()
    assert opened.window.help.heading.text() == "Memory"
    opened.page("export")
    assert opened.window.help.heading.text() == "Export"
    qtbot.keyClick(opened.window, Qt.Key.Key_F1)
    assert not opened.window.help.isVisible()


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_every_page_fits_into_the_window(opened: Any, qtbot: QtBot, trained: Path, size: tuple[int, int]) -> None:
    opened.session.open(trained)
    opened.window.resize(*size)
    for station in STATIONS:
        opened.page(station.id)
        assert (opened.window.width(), opened.window.height()) == size, f"{station.id} forces the window to grow"
