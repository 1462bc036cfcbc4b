"""A pseudo-terminal as the board: connect, see, record, lose nothing, let go."""

from __future__ import annotations

import math
import os
import sys
import tty
from collections.abc import Iterator
from multiprocessing import resource_sharer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit
from pytestqt.qtbot import QtBot

from workbench import settings
from workbench.capture.link import LinkSettings
from workbench.capture.simulated_board import SimulatedBoard, Simulation
from workbench.capture.status import CaptureState, CaptureStatus
from workbench.capture.take_settings import TakeSettings
from workbench.capture.wire.binary import BinaryFrame
from workbench.ui.app import make_application
from workbench.ui.pages import capture as capture_page
from workbench.ui.pages.capture import CapturePage
from workbench.ui.widgets.capture_counters import CaptureCounters
from workbench.ui.widgets.lane_headers import Lane
from workbench.ui.widgets.takes_strip import TakeCard, thumbnail
from workbench.ui.widgets.wire_form import WireForm

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 60_000


def choose(editor: object, value: str) -> None:
    """As if one had chosen it from the list."""
    assert isinstance(editor, QComboBox)
    editor.setCurrentIndex(editor.findData(value))
    editor.activated.emit(editor.currentIndex())


class Board:
    """Writes readings into a pseudo-terminal, ten every 20 ms, and a header before each hundred."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)
        self._row = 0
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._write)
        self._timer.start()

    def _write(self) -> None:
        rows = range(self._row, self._row + 10)
        self._row += 10
        text = "".join(f"{math.sin(row / 9):.4f},{row % 50},{row % 7}\r\n" for row in rows)
        self.say(f"ax,ay,az\r\n{text}" if rows.start % 100 == 0 else text)

    def say(self, text: str) -> None:
        """Send something else."""
        try:
            os.write(self._master, text.encode())
        except BlockingIOError:
            return  # nobody reads: a real port drops it too

    def unplug(self) -> None:
        self._timer.stop()
        for end in (self._master, self._slave):
            os.close(end)


@pytest.fixture(autouse=True)
def no_descriptor_server() -> Iterator[None]:
    """The standard library's own thread that hands descriptors to children ends only when it is asked to."""
    yield
    resource_sharer.stop(timeout=30)


@pytest.fixture
def board() -> Iterator[Board]:
    one = Board()
    yield one
    one.unplug()


@pytest.fixture
def page(opened: Any, tmp_path: Path) -> CapturePage:
    assert opened.session.create(tmp_path / "captured", "captured")
    found = opened.page("capture")
    assert isinstance(found, CapturePage)
    return found


def connect(page: CapturePage, board: Board, qtbot: QtBot) -> None:
    page.sources.port.setText(board.port)
    page.sources.baud.setCurrentText("460800")
    qtbot.mouseClick(page.sources.connect_button, LEFT)
    qtbot.waitUntil(page.record.button.isEnabled, timeout=WAIT_MS)
    names = ["ax", "ay", "az"]
    qtbot.waitUntil(lambda: [lane.name for lane in page.plot.traces.lanes] == names, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.plot.rows_drawn > 20, timeout=WAIT_MS)


def test_without_a_source_the_page_says_what_to_do_and_nothing_can_be_recorded(page: CapturePage) -> None:
    assert page.view.currentWidget() is page.empty
    assert not page.record.button.isEnabled()
    assert page.record.button.toolTip() == "Connect to a board first"


def test_a_typed_port_is_read_shown_and_counted(page: CapturePage, board: Board, qtbot: QtBot, opened: Any) -> None:
    connect(page, board, qtbot)
    assert board.port in page.state.text()
    assert opened.session.capture_state.startswith(board.port)
    assert page.counters.text_of("format") != "–"
    before = page.counters.text_of("bad")
    board.say("1,2\r\n")
    qtbot.waitUntil(lambda: page.counters.text_of("bad") != before, timeout=WAIT_MS)
    qtbot.mouseClick(page.sources.connect_button, LEFT)
    assert page.capture is None
    assert page.view.currentWidget() is page.empty
    assert opened.session.capture_state == ""


def test_a_take_becomes_a_recording_with_its_label_and_subject(page: CapturePage, board: Board, qtbot: QtBot) -> None:
    project = page.session.project
    assert project is not None
    connect(page, board, qtbot)
    page.record.label.setCurrentText("wave")
    page.record.subject.setText("Kim")
    place = page.record.geometry(), page.record.more.geometry()
    qtbot.mouseClick(page.record.button, LEFT)
    assert page.record.button.text() == "Stop"
    qtbot.waitUntil(lambda: (page._status.recording_rows or 0) >= 100, timeout=WAIT_MS)
    assert page.record.progress.text().startswith("wave · Kim · ")
    assert page.record.progress.isVisible()
    assert (page.record.geometry(), page.record.more.geometry()) == place, "nothing moves because one records"
    qtbot.mouseClick(page.record.button, LEFT)
    (recording,) = project.recordings()
    assert recording.label == "wave"
    assert recording.metadata == {"subject": "Kim"}
    assert recording.rows >= 100
    samples = project.samples(recording)
    steps = np.diff(samples[:, 1]) % 50
    assert (steps == 1).all(), "no reading is missing and none comes twice"
    assert [card.label for card in page.takes.cards] == ["wave"]


def test_space_records_only_while_the_plot_has_the_focus(page: CapturePage, board: Board, qtbot: QtBot) -> None:
    connect(page, board, qtbot)
    line = page.record.label.lineEdit()
    qtbot.keyClicks(line, "fast walk")
    assert page.record.label_text == "fast walk"
    assert not page.record.button.isChecked()
    qtbot.keyClick(page.plot, Qt.Key.Key_Space)
    assert page.record.button.isChecked()
    qtbot.waitUntil(lambda: (page._status.recording_rows or 0) >= 20, timeout=WAIT_MS)
    qtbot.keyClick(page.plot, Qt.Key.Key_Space)
    assert not page.record.button.isChecked()
    assert page.session.project is not None
    assert [r.label for r in page.session.project.recordings()] == ["fast walk"]


def test_disconnecting_keeps_the_take_under_way(page: CapturePage, board: Board, qtbot: QtBot) -> None:
    connect(page, board, qtbot)
    qtbot.keyClick(page.plot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: (page._status.recording_rows or 0) >= 20, timeout=WAIT_MS)
    page.disconnect_source()
    assert page.session.project is not None
    assert len(page.session.project.recordings()) == 1


def test_a_port_that_does_not_exist_is_explained(page: CapturePage, qtbot: QtBot) -> None:
    page.connect_to("/dev/no_such_port", 115200)
    qtbot.waitUntil(lambda: "no such port" in page.plot.hint.text(), timeout=WAIT_MS)
    assert page.plot.hint.isVisible(), "where the signal would be"
    assert page.message.text() == "", "once is enough"
    assert page.session.capture_role == "warn"  # no green dot in the top bar
    assert not page.record.button.isEnabled()


def test_the_format_can_be_chosen_instead_of_found(page: CapturePage, board: Board, qtbot: QtBot) -> None:
    choose(page.wire.wire.editor("format"), "labelled")
    page.connect_to(board.port, 115_200)
    qtbot.waitUntil(lambda: page._status.bytes > 2000, timeout=WAIT_MS)
    assert page._status.frames == 0, "these are no lines of label:value"
    choose(page.wire.wire.editor("format"), "lines")
    qtbot.waitUntil(lambda: page._status.frames > 50, timeout=WAIT_MS)
    assert page.capture is not None
    assert page.capture.link.settings.format == "lines"


def test_names_and_rate_can_be_set_while_it_runs(page: CapturePage, board: Board, qtbot: QtBot) -> None:
    connect(page, board, qtbot)
    names = page.wire.wire.editor("channel_names")
    assert isinstance(names, QLineEdit)
    qtbot.waitUntil(lambda: names.placeholderText() == "ax, ay, az", timeout=WAIT_MS)
    names.setText("up (g), left, right")
    qtbot.keyClick(names, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.plot.traces.lanes[0] == Lane("up", "g"), timeout=WAIT_MS)
    names.setText("up, up")
    qtbot.keyClick(names, Qt.Key.Key_Return)
    assert page.capture is not None
    assert page.capture.link.settings.channel_names == ("up (g)", "left", "right"), "what cannot be changes nothing"
    names.setText("")
    qtbot.keyClick(names, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.plot.traces.lanes[0].name == "ax", timeout=WAIT_MS)
    rate = page.wire.wire.editor("rate_hz")
    assert isinstance(rate, QDoubleSpinBox)
    rate.setValue(480.0)
    qtbot.waitUntil(lambda: page._status.rate_hz == 480.0, timeout=WAIT_MS)


def test_any_layout_of_binary_frames_can_be_set(page: CapturePage, qtbot: QtBot) -> None:
    simulated = Simulation(format="binary", rate_hz=400)
    with SimulatedBoard(simulated) as board:
        page.connect_to(board.port, 115_200)
        qtbot.waitUntil(lambda: page._status.frame is not None, timeout=WAIT_MS)
        assert not page.wire.layout_form.isVisible()
        choose(page.wire.wire.editor("format"), "binary")
        assert page.wire.frame == page._status.frame, "what was found is what one begins with"
        assert page.wire.layout_form.isVisible()
        kind = page.wire.layout_form.editor("kind")
        choose(kind, "uint32")
        qtbot.waitUntil(lambda: "uint32" in page._status.format and page._status.frames > 20, timeout=WAIT_MS)
        sync = page.wire.layout_form.editor("sync")
        assert isinstance(sync, QLineEdit)
        sync.setText("not hex")
        qtbot.keyClick(sync, Qt.Key.Key_Return)
        assert page.capture is not None
        assert page.capture.link.frame is not None
        assert page.capture.link.frame.sync == page._status.frame.sync
        page.disconnect_source()


def test_what_was_set_is_remembered_for_each_port(qtbot: QtBot) -> None:
    make_application()
    form = WireForm()
    qtbot.addWidget(form)
    form.recall("/dev/a")
    choose(form.wire.editor("format"), "binary")
    choose(form.layout_form.editor("checksum"), "crc32")
    form.recall("/dev/b")
    assert (form.wire.value, form.frame) == (LinkSettings(), None)
    form.recall("/dev/a")
    assert form.frame == BinaryFrame(checksum="crc32")
    settings.remember("understanding", {"/dev/c": {"wire": {"format": "morse"}, "frame": 3}})
    form.recall("/dev/c")
    assert form.wire.value == LinkSettings()


def test_no_baud_rate_no_connection(page: CapturePage) -> None:
    page.sources.port.setText("/dev/ttyUSB9")
    page.sources.baud.setCurrentText("")
    assert not page.sources.connect_button.isEnabled()
    assert page.sources.connect_button.toolTip() == "Type a baud rate first"


def test_one_click_starts_a_simulated_board(page: CapturePage, qtbot: QtBot) -> None:
    assert page.empty.button is not None
    assert page.simulation.isVisible(), "what it sends can be chosen ahead"
    assert not page.wire.isVisible(), "which would be one thing more to understand"
    qtbot.mouseClick(page.empty.button, LEFT)
    qtbot.waitUntil(lambda: page.plot.rows_drawn > 20, timeout=WAIT_MS)
    assert [lane.unit for lane in page.plot.traces.lanes] == ["g", "g", "g"]
    assert page.simulation.isVisible()
    assert page.state.text() == "● Receiving from the simulated board"


def test_closing_the_project_lets_go_of_the_port(page: CapturePage, board: Board, qtbot: QtBot, opened: Any) -> None:
    connect(page, board, qtbot)
    opened.window.trigger("project.close")
    assert page.capture is None


def test_a_thumbnail_keeps_the_peaks_and_is_small() -> None:
    samples = np.zeros((10_000, 6), np.float32)
    samples[5000, 0] = 3.0
    picture = thumbnail(samples)
    assert picture.high.shape == (64, 3)
    assert picture.high[:, 0].max() == 1.0


def test_a_changed_format_is_counted_where_one_sees_it(qtbot: QtBot) -> None:
    make_application()
    counters = CaptureCounters()
    qtbot.addWidget(counters)
    counters.show_status(CaptureStatus(CaptureState.RECEIVING))
    assert "others" not in visible(counters)
    counters.show_status(CaptureStatus(CaptureState.RECEIVING, other_formats=2))
    assert "others" in visible(counters)
    assert counters.text_of("others") == "2"


def visible(counters: CaptureCounters) -> list[str]:
    return [key for key, label in counters._values.items() if not label.isHidden()]


def test_in_a_low_window_the_settings_of_a_series_are_whole(page: CapturePage, qtbot: QtBot, opened: Any) -> None:
    opened.window.resize(1024, 700)
    page.record.form.set_value(TakeSettings(length_s=2.0, start="above"))
    page.panel.set_takes([TakeCard(1, "wave 1", "wave", 2.0, thumbnail(np.zeros((9, 1), np.float32)))], {})
    page.view.setCurrentWidget(page.live)
    assert page.takes.isVisible()

    qtbot.mouseClick(page.record.more, LEFT)
    qtbot.waitUntil(lambda: page.record.form.height() >= page.record.form.sizeHint().height())
    assert not page.takes.isVisible()  # they give way

    qtbot.mouseClick(page.live.below.button(1), LEFT)  # what was asked for last is shown
    assert page.live.pane.isVisible()
    assert not page.record.form.isVisible()
    assert page.takes.isVisible()

    qtbot.mouseClick(page.record.more, LEFT)
    assert page.record.form.isVisible()
    assert not page.live.pane.isVisible()


def test_the_simulated_boards_faults_and_format_are_there_when_asked_for(page: CapturePage, qtbot: QtBot) -> None:
    form = page.simulation
    qtbot.addWidget(form)
    names = ("format", "rate_hz", "reboot_every_s", "unplug_after_s")
    assert all(form.editor(name).isHidden() for name in names)
    form.more.click()
    assert not any(form.editor(name).isHidden() for name in names)
    form.set_value(Simulation(signal="sound"))
    assert form.editor("format").isHidden()
    assert form.editor("speed").isHidden()


def test_a_simulated_board_with_nothing_to_send_says_why(
    page: CapturePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing:
        port, problem = "/dev/none", "captured: The project has no recordings to send."

        def __init__(self, _simulation: Simulation) -> None:
            """It is not started."""

        def stop(self) -> None:
            """It is not running."""

    monkeypatch.setattr(capture_page, "SimulatedBoard", Nothing)
    page.simulation.set_value(Simulation(signal="project"))
    page.connect_simulation()
    qtbot.waitUntil(lambda: page.capture is None, timeout=WAIT_MS)
    assert "no recordings" in page.messages.messages()[-1].text
    assert page.simulation.value.signal == "fan"  # the next click works
