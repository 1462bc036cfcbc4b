"""Starting the program, and its pictures for machines without a display."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.errors import BadProject
from workbench.ui import app, theme
from workbench.ui.main_window import MainWindow
from workbench.ui.pages import STATIONS


@pytest.fixture
def process_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a start changes in the process is changed back."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(logging.getLogger(), "handlers", list(logging.getLogger().handlers))
    monkeypatch.setattr(signal, "signal", lambda *_: None)


def seen_from_inside(look: Callable[[MainWindow], None]) -> None:
    """Look at the window once the program runs, then close it as a user does."""

    def step() -> None:
        (window,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)]
        try:
            look(window)
        finally:
            window.close()
            window.deleteLater()

    QTimer.singleShot(0, step)


def test_the_program_opens_the_project_it_is_given(process_as_it_was: None, qtbot: QtBot, shoulder: Path) -> None:
    seen: list[str] = []
    seen_from_inside(lambda window: seen.append(f"{window.page.id}: {window.windowTitle()}"))
    assert app.main([str(shoulder)]) == 0
    assert seen == ["capture: Shoulder exercises – TinyML Workbench"]


def test_a_folder_that_is_no_project_is_a_message_on_the_first_page(
    process_as_it_was: None, qtbot: QtBot, tmp_path: Path
) -> None:
    seen: list[str] = []
    seen_from_inside(lambda window: seen.extend(message.text for message in window.page.messages.messages()))
    assert app.main([str(tmp_path / "nowhere")]) == 0
    assert len(seen) == 1
    assert "nowhere" in seen[0]


def test_pictures_of_no_project_are_refused(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(BadProject):
        app.render_pages(tmp_path / "nowhere", tmp_path / "pages", themes=("dark",))


def test_every_page_becomes_a_picture(qtbot: QtBot, trained: Path, tmp_path: Path) -> None:
    files = app.render_pages(trained, tmp_path / "pages", themes=("light",), size=(1280, 800))
    assert [file.name for file in files] == [
        f"{name}_light.png" for name in ("welcome", *(station.id for station in STATIONS), "boards")
    ]
    for file in files:
        picture = QImage(str(file))
        assert (picture.width(), picture.height()) == (1280, 800)
        colours = {picture.pixel(x, y) for x in range(150, 1270, 7) for y in range(60, 720, 7)}
        assert len(colours) > 8, f"{file.name} is blank"
    assert theme.appearance().theme is not None
