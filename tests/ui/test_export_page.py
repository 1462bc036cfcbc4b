"""The export page: the tree says what would happen, the button makes it happen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench import settings
from workbench.boards import load_boards
from workbench.project.settings import ProjectSettings
from workbench.ui.pages.export import preview_text


def export_page(opened: Any, folder: Path, out: Path) -> Any:
    settings.remember("export_folder", str(out))
    opened.session.open(folder)
    page = opened.page("export")
    opened.wait_until(lambda: page.settled)
    return page


def export(page: Any, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.button.isEnabled() and page.settled, timeout=30_000)


def test_without_a_model_there_is_nothing_to_export(opened: Any, shoulder: Path, tmp_path: Path) -> None:
    page = export_page(opened, shoulder, tmp_path)
    assert page._nothing.isVisible()
    assert page._nothing.heading.text() == "Nothing to export yet"


def test_one_click_writes_the_folder_and_the_marks_follow(
    opened: Any, qtbot: QtBot, trained: Path, tmp_path: Path
) -> None:
    out = tmp_path / "firmware"
    page = export_page(opened, trained, out)
    marks = {path: item.text(2) for path, item in page.items().items()}
    assert set(marks.values()) == {"new"}
    export(page, qtbot)
    (folder,) = out.iterdir()
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == set(marks)
    assert {item.text(2) for item in page.items().values()} == {"same"}
    assert page.summary.text().endswith("all as they are in the folder")
    assert str(folder) in opened.messages()[0]


def test_a_changed_file_is_marked(opened: Any, qtbot: QtBot, trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "firmware"
    page = export_page(opened, trained, out)
    export(page, qtbot)
    (folder,) = out.iterdir()
    (folder / "model.tflite").write_bytes(b"mine")
    page.refresh(None)
    opened.wait_until(lambda: page.settled)
    assert page.items()["model.tflite"].text(2) in ("changed", "kept")


def test_the_preview_shows_the_sketch_and_any_other_file(opened: Any, trained: Path, tmp_path: Path) -> None:
    page = export_page(opened, trained, tmp_path)
    assert "void setup()" in page.preview.toPlainText()
    page.tree.setCurrentItem(page.items()["model.tflite"])
    assert "TFL3" in page.preview.toPlainText()


def test_a_folder_that_is_not_ours_is_refused_with_one_message(
    opened: Any, qtbot: QtBot, trained: Path, tmp_path: Path
) -> None:
    page = export_page(opened, trained, tmp_path / "firmware")
    name = next(path for path in page.items() if path.endswith(".ino")).removesuffix(".ino")
    theirs = tmp_path / "firmware" / name
    theirs.mkdir(parents=True)
    (theirs / "novel.txt").write_text("Chapter one")
    export(page, qtbot)
    assert len(opened.messages()) == 1
    assert [path.name for path in theirs.iterdir()] == ["novel.txt"]


def test_another_folder_is_remembered(opened: Any, qtbot: QtBot, trained: Path, tmp_path: Path) -> None:
    page = export_page(opened, trained, tmp_path / "one")
    page.folder.setText(str(tmp_path / "two"))
    qtbot.keyClick(page.folder, Qt.Key.Key_Return)
    assert settings.preference("export_folder") == str(tmp_path / "two")


def test_previews_of_any_bytes() -> None:
    assert preview_text(b"int main;\n") == "int main;\n"
    assert preview_text(b"\xff\x00TFL3").startswith("00000000  ff 00 54 46 4c 33")
    assert "more" in preview_text(b"\xff" * 5000)
    assert preview_text(b"a" * 300_000).endswith("100,000 more characters")


def test_what_is_in_the_way_is_one_click_away(opened: Any, qtbot: QtBot, trained: Path, tmp_path: Path) -> None:
    """The button leads to what has to change: the board that runs no such model, not the model."""
    page = export_page(opened, trained, tmp_path)
    opened.session.choose_board("ndp100")
    opened.wait_until(lambda: page.settled)
    assert page._nothing.isVisible()
    qtbot.mouseClick(page._nothing.button, Qt.MouseButton.LeftButton)
    assert opened.window.board_menu.isVisible()
    opened.window.board_menu.hide()


def test_without_a_training_the_button_leads_to_train(
    opened: Any, qtbot: QtBot, shoulder: Path, tmp_path: Path
) -> None:
    page = export_page(opened, shoulder, tmp_path)
    qtbot.mouseClick(page._nothing.button, Qt.MouseButton.LeftButton)
    assert opened.window.page.id == "train"


def test_the_engine_decides_what_is_written(opened: Any, qtbot: QtBot, trained: Path, tmp_path: Path) -> None:
    page = export_page(opened, trained, tmp_path)
    assert "model_data.cpp" in page.items()
    qtbot.mouseClick(page.engine.button(1), Qt.MouseButton.LeftButton)
    opened.wait_until(lambda: page.settled)
    assert "network.c" in page.items() and "model_data.cpp" not in page.items()
    assert "generated C" in page.card.what.text()
    assert opened.session.project.settings(ProjectSettings).engine == "c"
    opened.session.undo()
    opened.wait_until(lambda: page.settled)
    assert "model_data.cpp" in page.items()


def test_the_edge_is_wide_enough_for_every_boards_name(opened: Any, trained: Path, tmp_path: Path) -> None:
    page = export_page(opened, trained, tmp_path)
    for board in load_boards().values():
        page.card.show_board(board.name, board.toolchain.get("arduino", ""), plain_c=True)
        assert page.card.minimumSizeHint().width() <= page.settings_width, board.name
