"""The first page: samples with their own data, recent projects, new projects."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from workbench import settings
from workbench.ui.main_window import MainWindow
from workbench.ui.pages import STATIONS
from workbench.ui.pages.welcome import RecentRow
from workbench.ui.sample_pictures import read_samples
from workbench.ui.session import Session


def cards(opened: Any, qtbot: QtBot) -> dict[str, Any]:
    page = opened.window.page
    qtbot.waitUntil(lambda: bool(page.cards()), timeout=20_000)
    return {card.picture.sample.folder.name: card for card in page.cards()}


def test_each_sample_shows_its_own_data(samples: Path) -> None:
    pictures = {picture.sample.folder.name: picture for picture in read_samples()}
    assert len(pictures["shoulder_exercises"].channels) == 3
    assert abs(pictures["shoulder_exercises"].channels[0]).max() <= 1.0
    assert len(pictures["fashion_pictures"].pictures) >= 12
    assert pictures["shoulder_exercises"].facts == "140 recordings · 6 channels · 50\u2009Hz"
    assert list(pictures)[-1] == "fan_simulated", "recorded data comes before simulated data"


def test_a_click_opens_a_copy_of_the_sample(opened: Any, qtbot: QtBot, samples: Path) -> None:
    card = cards(opened, qtbot)["seattle_temperature"]
    with qtbot.waitSignal(opened.session.opened):
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert opened.session.project.folder != samples / "seattle_temperature"
    assert opened.session.project.folder.is_relative_to(settings.projects_folder())
    assert any("your own copy" in message for message in opened.messages())


def test_cards_go_side_by_side_as_far_as_there_is_room(opened: Any, qtbot: QtBot) -> None:
    found = cards(opened, qtbot)
    opened.window.resize(1600, 900)
    qtbot.waitUntil(lambda: len({card.y() for card in found.values()}) == 1)
    opened.window.resize(1024, 900)
    qtbot.waitUntil(lambda: len({card.y() for card in found.values()}) == 2)


def test_what_was_open_stands_under_recent(opened: Any, qtbot: QtBot, shoulder: Path) -> None:
    cards(opened, qtbot)
    opened.session.open(shoulder)
    opened.session.close()
    qtbot.waitUntil(lambda: bool(opened.window.page.findChildren(RecentRow)))
    rows = opened.window.page.findChildren(RecentRow)
    assert [row.folder for row in rows] == [shoulder]
    with qtbot.waitSignal(opened.session.opened):
        qtbot.mouseClick(rows[0], Qt.MouseButton.LeftButton)


def test_a_new_project_is_made_where_one_says(
    opened: Any, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "fan study"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kwargs: (str(chosen), ""))
    qtbot.mouseClick(opened.window.page.new_button, Qt.MouseButton.LeftButton)
    assert opened.session.project.name == "fan study"
    assert (chosen / "project.db").is_file()


def test_a_folder_with_other_things_in_it_is_left_alone(
    opened: Any, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kwargs: (str(tmp_path), ""))
    opened.window.new_project()
    assert opened.session.project is None
    assert "not empty" in opened.messages()[0]
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_giving_up_a_choice_of_folder_does_nothing(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_kwargs: "")
    opened.window.choose_project()
    assert opened.session.project is None
    assert opened.messages() == []


def test_a_window_that_closes_in_its_first_moments_says_nothing(qapp: Any, capfd: pytest.CaptureFixture[str]) -> None:
    read_samples.cache_clear()
    for turns in (0, 1, 3):
        window = MainWindow(Session())
        window.show()
        for _ in range(turns):
            qapp.processEvents()
        window.close()
        window.deleteLater()
        window.session.deleteLater()
        del window
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
    assert capfd.readouterr().err.replace("This plugin does not support propagateSizeHints()\n", "") == ""


def test_pages_are_built_before_they_are_asked_for(qtbot: QtBot, shoulder: Path) -> None:
    session = Session()
    window = MainWindow(session, spare_child=False)
    window.show()
    qtbot.waitUntil(lambda: window._ahead.done, timeout=20_000)
    before = window.stack.count()
    assert session.open(shoulder)
    for station in STATIONS:
        window.show_place(station.id)
        assert window.page.id == station.id
    assert window.stack.count() == before == len(STATIONS) + 2
    assert window.findChildren(QShortcut, "label.filter"), "a page that is built ahead has its keys"
    window.close()
    window.deleteLater()
    session.deleteLater()
    gc.unfreeze()
