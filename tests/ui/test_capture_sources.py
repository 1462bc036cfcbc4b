"""What can be chosen on the Capture page, and the pictures of a simulated camera from the click to the recording."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from multiprocessing import resource_sharer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from workbench.capture.ports import Port
from workbench.capture.take_settings import TakeSettings
from workbench.ui.pages.capture import CapturePage
from workbench.ui.take_series import Phase
from workbench.ui.widgets import source_list
from workbench.ui.widgets.source_list import SourceList
from workbench.ui.widgets.takes_strip import TakeCard, thumbnail

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 60_000
BARE = Port("/dev/ttyS0", "/dev/ttyS0")
USB = Port("/dev/ttyUSB0", "/dev/ttyUSB0 – CP2102", (0x10C4, 0xEA60))
NANO = Port("/dev/ttyACM0", "/dev/ttyACM0 – Nano", (0x2341, 0x805A), "1", ("nano33ble_sense",))
EITHER = Port("/dev/ttyACM1", "x", (0x2341, 0x805A), "2", ("nano33ble_sense", "nano33ble_sense_rev2"))


@pytest.fixture(autouse=True)
def no_descriptor_server() -> Iterator[None]:
    """The standard library's own thread that hands descriptors to children ends only when it is asked to."""
    yield
    resource_sharer.stop(timeout=30)


@pytest.fixture
def page(opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CapturePage:
    monkeypatch.setattr(source_list, "list_ports", lambda: [BARE])
    monkeypatch.setattr(source_list, "why_no_microphone", lambda: "There is none. Run: get one")
    assert opened.session.create(tmp_path / "captured", "captured")
    found = opened.page("capture")
    assert isinstance(found, CapturePage)
    return found


@pytest.fixture
def sources(qtbot: QtBot) -> SourceList:
    one = SourceList()
    qtbot.addWidget(one)
    one.show_microphone("")
    return one


def test_a_bare_port_is_never_chosen_by_itself(sources: SourceList) -> None:
    sources.show_ports([BARE])
    assert sources.chosen == "simulated board"
    sources.show_ports([BARE, USB])
    assert sources.chosen == USB.device, "something was plugged in"
    sources.show_ports([NANO, USB, BARE])
    assert sources.chosen == NANO.device, "and then a board that is known"


def test_what_was_chosen_by_hand_stays(sources: SourceList, qtbot: QtBot) -> None:
    sources.show_ports([BARE])
    sources.ports.setCurrentRow(0)
    sources.show_ports([NANO, BARE])
    assert sources.chosen == BARE.device
    sources.port.setText("socket://127.0.0.1:99")
    sources.show_ports([NANO])
    assert sources.chosen == "socket://127.0.0.1:99"
    assert sources.ports.currentItem() is None


def test_connect_leads_to_the_chosen_source(sources: SourceList, qtbot: QtBot) -> None:
    sources.show_ports([BARE])
    with qtbot.waitSignal(sources.simulation_asked):
        sources.connect_button.click()
    sources.ports.setCurrentRow(1)
    with qtbot.waitSignal(sources.connect_asked) as asked:
        sources.connect_button.click()
    assert asked.args[0] == "microphone"


def test_the_microphone_says_why_it_cannot_be_used(page: CapturePage, qtbot: QtBot) -> None:
    def item() -> Any:
        (found,) = page.sources.ports.findItems("icrophone", Qt.MatchFlag.MatchContains)
        return found

    qtbot.waitUntil(lambda: item().toolTip() == "There is none. Run: get one", timeout=WAIT_MS)
    assert not item().flags() & Qt.ItemFlag.ItemIsEnabled


def test_a_simulated_board_is_offered_by_one_button(page: CapturePage) -> None:
    buttons = [one for one in page.findChildren(QPushButton) if "simulated" in one.text() and one.isVisible()]
    assert len(buttons) == 1


def test_a_recognised_board_becomes_the_projects_with_one_click(page: CapturePage, qtbot: QtBot) -> None:
    page.session.choose_board("pico")
    page.sources.show_ports([NANO])
    (button,) = [one for one in page.sources.offer.findChildren(QPushButton) if one.text().startswith("Use ")]
    assert page.sources.offer.isVisible()
    qtbot.mouseClick(button, LEFT)
    assert page.session.board.id == "nano33ble_sense"
    assert not page.sources.offer.isVisible()
    page.session.undo()
    assert page.session.board.id == "pico"
    assert page.sources.offer.isVisible()


def test_boards_that_share_an_id_are_all_offered(sources: SourceList) -> None:
    sources.set_board("pico")
    sources.show_ports([EITHER])
    assert [one.text() for one in sources.offer.findChildren(QPushButton)] == [
        "Use Arduino Nano 33 BLE Sense",
        "Use Arduino Nano 33 BLE Sense Rev2",
    ]
    sources.set_board("nano33ble_sense_rev2")
    assert sources._offered.count() == 0


def test_native_usb_has_no_baud_rate(sources: SourceList, qtbot: QtBot) -> None:
    sources.baud.setCurrentText("1200")
    sources.show_ports([NANO, USB])
    assert not sources.native.isHidden()
    assert sources._rate.isHidden()
    with qtbot.waitSignal(sources.connect_asked) as asked:
        sources.connect_button.click()
    assert asked.args == [NANO.device, 115_200]
    sources.ports.setCurrentRow(1)
    assert sources.native.isHidden()
    assert not sources._rate.isHidden()


def test_control_lines_are_remembered_for_the_board_wherever_it_is(sources: SourceList) -> None:
    sources.show_ports([NANO])
    sources.lines.setCurrentIndex(sources.lines.findData("dtr"))
    sources.lines.activated.emit(sources.lines.currentIndex())
    sources.show_ports([EITHER])
    assert sources.control_lines == "both", "another one of the kind"
    sources.show_ports([dataclasses.replace(NANO, device="/dev/ttyACM7")])
    assert sources.control_lines == "dtr"


def test_lengths_of_takes_are_said_as_people_do() -> None:
    card = TakeCard(1, "x", "", 604_800.0, thumbnail(np.zeros((4, 1), np.float32)))
    assert card.length == "7\u2009d"


def test_a_folder_of_pictures_dropped_on_the_window_is_labelled_by_its_folders(
    page: CapturePage, opened: Any, tmp_path: Path, qtbot: QtBot
) -> None:
    for label in ("person", "no person"):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        Image.new("L", (8, 8), 50).save(tmp_path / "pictures" / label / "a.png")
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(tmp_path / "pictures"))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    opened.window.dropEvent(QDropEvent(QPointF(5, 5), copy, dropped, LEFT, none))
    project = page.session.project
    assert project is not None
    qtbot.waitUntil(lambda: len(project.recordings()) == 2, timeout=WAIT_MS)
    assert {one.label for one in project.recordings()} == {"person", "no person"}
    qtbot.waitUntil(lambda: len(page.takes.cards) == 2, timeout=WAIT_MS)
    assert {card.length for card in page.takes.cards} == {""}


def simulate(page: CapturePage, signal: str) -> None:
    page.simulation.set_value(type(page.simulation.value)(signal=signal))
    page.connect_simulation()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_pictures_are_seen_held_and_taken_with_a_label(page: CapturePage, qtbot: QtBot) -> None:
    simulate(page, "pictures")
    qtbot.waitUntil(lambda: page.camera.view.image is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "pictures/s" in page.camera.facts.text(), timeout=WAIT_MS)
    assert page.view.currentWidget() is page.camera
    assert "grey" in page.camera.facts.text()
    assert page.counters.text_of("pictures").isdecimal()
    qtbot.keyClick(page.camera.view, Qt.Key.Key_P)
    held, before = page.camera.view.image, page._status.pictures
    qtbot.waitUntil(lambda: page._status.pictures > before + 2, timeout=WAIT_MS)
    assert page.camera.view.image is held
    page.record.label.setCurrentText("person")
    page.record.form.set_value(TakeSettings(pictures=3, every_s=0.1, countdown_s=0.2, session="a"))
    assert page.record.form.summary.startswith("3 pictures, 0.1")
    qtbot.keyClick(page.camera.view, Qt.Key.Key_Space)
    assert page.series.phase is Phase.READY
    qtbot.waitUntil(lambda: page.series.phase is Phase.IDLE, timeout=WAIT_MS)
    project = page.session.project
    assert project is not None
    assert [(one.name, one.kind, one.label) for one in project.recordings()] == [
        (f"person {number}", "picture", "person") for number in (1, 2, 3)
    ]
    assert [card.id for card in page.takes.cards] == [3, 2, 1]
    page.disconnect_source()
    assert page.view.currentWidget() is page.empty


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_of_two_streams_one_is_looked_at_and_the_other_can_be(page: CapturePage, qtbot: QtBot) -> None:
    simulate(page, "fan and sound")
    qtbot.waitUntil(page.streams.isVisible, timeout=WAIT_MS)
    assert [page.streams.itemText(row) for row in range(2)] == ["ax, ay, az", "sound"]
    page.streams.setCurrentIndex(1)
    page.streams.activated.emit(1)
    qtbot.waitUntil(lambda: [lane.name for lane in page.plot.traces.lanes] == ["sound"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.plot.rows_drawn > 1000, timeout=WAIT_MS)
    page.live.below.button(2).click()
    qtbot.waitUntil(lambda: page.live.spectrogram.spectrogram is not None, timeout=WAIT_MS)
    assert page.live.spectrogram.spectrogram is not None
    assert page.live.spectrogram.spectrogram.highest_hz == pytest.approx(8000, rel=0.05)
