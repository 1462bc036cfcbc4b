"""What a board sent is kept byte by byte and read again, by click and by drop."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import resource_sharer
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from workbench.capture.status import CaptureState
from workbench.ui.pages.capture import CapturePage
from workbench.ui.widgets import source_list

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
WAIT_MS = 60_000


@pytest.fixture(autouse=True)
def no_descriptor_server() -> Iterator[None]:
    """The standard library's own thread that hands descriptors to children ends only when it is asked to."""
    yield
    resource_sharer.stop(timeout=30)


@pytest.fixture
def page(opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CapturePage:
    monkeypatch.setattr(source_list, "list_ports", list)
    monkeypatch.setattr(source_list, "why_no_microphone", lambda: "There is none.")
    assert opened.session.create(tmp_path / "captured", "captured")
    found = opened.page("capture")
    assert isinstance(found, CapturePage)
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "monitor.log"
    lines = [f"10:00:{n // 200:02}.{n * 5 % 1000:03} -> {n},{-n}" for n in range(400)]
    file.write_text("\n".join(lines) + "\n")
    return file


def test_a_chosen_log_is_replayed_and_recorded_as_if_the_board_were_there(
    page: CapturePage, log: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(log), ""))
    (item,) = page.sources.ports.findItems("Replay a log…", Qt.MatchFlag.MatchExactly)
    page.sources.ports.setCurrentItem(item)
    assert page.sources.speed.isVisible()
    assert not page.sources.raw_log.isVisible()
    assert page.sources.connect_button.text() == "Choose a log…"
    qtbot.mouseClick(page.sources.connect_button, LEFT)
    qtbot.waitUntil(lambda: page._status.state is CaptureState.RECEIVING, timeout=WAIT_MS)
    assert page.state.text() == "● Receiving from monitor.log"
    page.toggle_take()
    qtbot.waitUntil(lambda: page._status.state is CaptureState.ENDED, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not page.series.active, timeout=WAIT_MS)
    assert page.message.text() == "The log has been replayed to its end."
    assert page.session.project is not None
    (recording,) = page.session.project.recordings()
    assert recording.rate_hz == pytest.approx(200, rel=0.01)
    assert page.session.project.samples(recording)[-1].tolist() == [399, -399]


def test_raw_bytes_are_kept_and_replayed_with_one_click(page: CapturePage, qtbot: QtBot) -> None:
    page.sources.raw_log.setChecked(True)
    page.connect_simulation()
    qtbot.waitUntil(lambda: page._status.frames > 50, timeout=WAIT_MS)
    page.disconnect_source()
    assert page.session.project is not None
    (log,) = (page.session.project.folder / "raw_logs").glob("*.log")
    assert "ax" in log.read_text()
    page.sources.speed.setCurrentIndex(page.sources.speed.count() - 1)  # as fast as possible
    (replay,) = [one for one in page.findChildren(QPushButton) if one.text() == "Replay"]
    qtbot.mouseClick(replay, LEFT)
    qtbot.waitUntil(lambda: page.state.text().startswith("● Replayed"), timeout=WAIT_MS)
    assert page._status.frames > 50
    page.disconnect_source()
    for name in ("first.log", "second.log"):
        (page.session.project.folder / name).touch()
        page._tell_of_raw_log(page.session.project.folder / name)
    assert sum("second.log" in message.text for message in page.messages.messages()) == 1
    assert not any("first.log" in message.text for message in page.messages.messages())  # one line, not a stack


def test_a_dropped_log_is_replayed_and_anything_else_left_to_the_window(
    page: CapturePage, log: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    for path, wanted in ((tmp_path / "table.csv", False), (log, True)):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        entered = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, LEFT, NONE)
        page.dragEnterEvent(entered)
        assert entered.isAccepted() is wanted
    page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, LEFT, NONE))
    qtbot.waitUntil(lambda: page._status.frames > 10, timeout=WAIT_MS)
    page.disconnect_source()
