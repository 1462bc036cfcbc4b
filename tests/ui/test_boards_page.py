"""The boards page: facts with their sources, and boards of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from workbench.boards import find_board, user_folder, write_board
from workbench.ui.pages.boards import board_of, facts, form_of


def press(qtbot: QtBot, button: Any) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_facts_name_their_sources(opened: Any) -> None:
    page = opened.page("boards")
    assert "datasheet ABX00031" in page.facts.text()
    page.search.setText("ndp100")
    page.table.choose("ndp100", tell=True)
    assert "Not programmable this way" in page.facts.text()


def test_facts_are_text_and_not_markup() -> None:
    import dataclasses

    board = dataclasses.replace(find_board("pico"), name="<img src=x>")
    assert "<img" not in facts(board)


def test_a_board_of_ones_own_from_the_form(opened: Any, qtbot: QtBot) -> None:
    page = opened.page("boards")
    page.table.choose("pico", tell=True)
    press(qtbot, page.copy)
    page.form.editor("ram_kb").setValue(64.0)
    press(qtbot, page.save)
    board = find_board("my_pico")
    assert board.ram_bytes == 64 * 1024
    assert board.user
    assert opened.session.board.id == "my_pico"
    press(qtbot, page.remove)
    assert not (user_folder() / "my_pico.toml").exists()
    assert opened.session.board.id != "my_pico"


def test_an_id_that_cannot_be_is_one_message(opened: Any, qtbot: QtBot) -> None:
    page = opened.page("boards")
    press(qtbot, page.copy)
    page.form.editor("id").setText("../escape")
    page.form.editor("id").editingFinished.emit()
    press(qtbot, page.save)
    assert len(opened.messages()) == 1
    assert not list(user_folder().glob("*")) if user_folder().exists() else True


def test_a_board_from_a_file(opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened.page("boards")
    good, bad = tmp_path / "mine.toml", tmp_path / "broken.toml"
    write_board(find_board("pico2"), good)
    bad.write_text("name = ")
    for path in (bad, good):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, path=path: (str(path), ""))
        page._choose_file()
    assert opened.session.board.id == "mine"
    assert "mine" in {board.id for board in page.table.rows}


def test_the_form_keeps_what_it_does_not_show() -> None:
    board = find_board("nano33ble_sense")
    again = board_of(form_of(board), board)
    assert again.sensors == board.sensors
    assert again.toolchain == board.toolchain
    assert (again.flash_bytes, again.ram_bytes, again.core) == (board.flash_bytes, board.ram_bytes, board.core)
    assert again.sources == {}, "the sources are the other board's"
