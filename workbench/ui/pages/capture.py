"""Capture: see what a board sends, and record it with a label."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from workbench.capture.link import DEFAULT_BAUD, Link
from workbench.capture.microphone import is_microphone
from workbench.capture.replayed_log import in_short, is_log, log_device
from workbench.capture.session import CaptureSession
from workbench.capture.simulated_board import SimulatedBoard
from workbench.capture.status import CaptureState, CaptureStatus
from workbench.errors import WorkbenchError
from workbench.operations.capture import raw_log_path
from workbench.operations.outcome import Topic
from workbench.operations.recordings import remove_recordings
from workbench.project.model import Recording
from workbench.quantities import quantity
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.pages.capture_help import HELP
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.take_series import Phase, TakeSeries
from workbench.ui.widgets.capture_counters import CaptureCounters
from workbench.ui.widgets.console import Console
from workbench.ui.widgets.live_picture import LivePicture
from workbench.ui.widgets.live_view import LiveView
from workbench.ui.widgets.log_controls import ask_for_log, log_in
from workbench.ui.widgets.picture_grid import to_image
from workbench.ui.widgets.record_panel import RecordPanel
from workbench.ui.widgets.roles import give_role, words
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.side_strip import SideStrip
from workbench.ui.widgets.simulation_form import SimulationForm
from workbench.ui.widgets.source_list import PortWatcher, SourceList
from workbench.ui.widgets.takes_strip import TakeCard, Thumbnail, thumbnail
from workbench.ui.widgets.wire_form import WireForm

_FRAME_MS = 16  # 60 frames a second
_STRIP_WIDTH = 248  # px
_RAW_BYTES = "The raw bytes are in"
_THUMBNAIL_ROWS = 20_000  # of a take are enough for a thumbnail
_TAKES_SHOWN = 24

_STATES = {
    CaptureState.CONNECTING: ("Opening", "warn"),
    CaptureState.WAITING: ("Open, waiting for readings from", "warn"),
    CaptureState.RECEIVING: ("Receiving from", "good"),
    CaptureState.LOST: ("Lost, looking for", "bad"),
    CaptureState.ENDED: ("Ended:", "bad"),
}
_HINTS = {  # while nothing has come yet
    CaptureState.CONNECTING: "Opening the port…",
    CaptureState.WAITING: "The port is open. What the board sends appears here at once, and as raw text under Console.",
}


class CapturePage(Page):
    """Sources and counters at the left, the live signal in the middle, the takes below."""

    id: ClassVar[str] = "capture"
    title: ClassVar[str] = "Capture"
    help_text: ClassVar[str] = HELP

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.capture: CaptureSession | None = None
        self._board: SimulatedBoard | None = None
        self._status = CaptureStatus(CaptureState.ENDED)
        self.series = TakeSeries(session, self)
        self._console_place = 0  # how far the console has shown what came
        self._thumbnails: dict[int, Thumbnail | QImage] = {}
        self._build()
        self.setAcceptDrops(True)
        self._connect_signals()
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME_MS)
        self._frames.timeout.connect(self._draw_frame)
        self._watcher = PortWatcher(self)
        self._watcher.found.connect(self.sources.show_ports)
        self._watcher.microphone_known.connect(self.sources.show_microphone)
        self._show_connection()

    # --- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sources = SourceList()
        self.counters_title = words("Counted", "section")
        self.wire_title = words("What comes", "section")
        self.wire = WireForm()
        self.counters = CaptureCounters()
        self.simulation = SimulationForm()
        self.console = Console()
        self.live = LiveView([("Console", self.console)])
        self.camera = LivePicture()
        self.kinds = Segmented(("Signals", "Pictures"), tip="The board sends both: what is shown and recorded")
        self.kinds.choose(0)
        self.streams = QComboBox()
        self.streams.setAccessibleName("Stream in view")
        self.streams.setToolTip("The link carries several streams: which one is plotted. All are recorded.")
        self.plot = self.live.plot
        self.state = words("")
        self.message = words("", "muted")
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)  # commands to copy
        self.import_button = QPushButton("Import files…")
        self.import_button.setToolTip("CSV, NPY, WAV, pictures; or drop them anywhere on the window (Ctrl+I)")
        self.empty = EmptyState(
            "Nothing is connected",
            "Choose the port of your board at the left and connect; what it sends appears here at once. No board at "
            "hand? Start the simulated one: a ceiling fan with an accelerometer on it.",
            ("Use a simulated board", self.connect_simulation),
        )
        self.view = QStackedWidget()
        self.view.addWidget(self.empty)
        self.view.addWidget(self.live)
        self.view.addWidget(self.camera)
        self.panel = RecordPanel(self.view, self.live)
        self.record, self.takes = self.panel.record, self.panel.takes
        self._lay_out()

    def _lay_out(self) -> None:
        self.simulation_title = words("Simulated board", "section")
        strip = SideStrip(_STRIP_WIDTH, self.import_button)
        strip.add(words("Source", "section"), self.sources)
        strip.add(self.simulation_title, self.simulation)
        strip.add(self.counters_title, self.counters)
        strip.add(self.wire_title, self.wire)
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self.state)
        head.addWidget(self.message, 1)
        head.addWidget(self.streams)
        head.addWidget(self.kinds)
        right = QVBoxLayout()
        right.setSpacing(theme.GRID)
        right.addLayout(head)
        right.addWidget(self.view, 1)
        right.addWidget(self.panel)
        whole = QHBoxLayout()
        whole.setSpacing(theme.GRID)
        whole.addWidget(strip)
        whole.addLayout(right, 1)
        self.content.addLayout(whole)

    def _connect_signals(self) -> None:
        self.sources.connect_asked.connect(self.connect_to)
        self.sources.board_asked.connect(self._take_board)
        self.sources.simulation_asked.connect(self.connect_simulation)
        self.sources.log_asked.connect(self.choose_log)
        self.sources.disconnect_asked.connect(self.disconnect_source)
        self.sources.port.textChanged.connect(lambda _text: self._show_forms())
        self.sources.ports.currentItemChanged.connect(lambda _new, _old: self._show_forms())
        self.wire.changed.connect(self._read_anew)
        self.simulation.changed.connect(lambda _value: self._restart_simulation())
        self.series.changed.connect(self._show_series)
        self.series.failed.connect(self.show_error)
        self.console.send_asked.connect(self._send)
        self.record.toggled.connect(self.toggle_take)
        self.plot.record_asked.connect(self.toggle_take)
        self.camera.view.record_asked.connect(self.toggle_take)
        self.kinds.chosen.connect(lambda _place: self._choose_view())
        self.streams.activated.connect(self._show_stream)
        self.takes.removal_asked.connect(self._remove_take)
        self.takes.opened.connect(lambda _key: self.trigger("station.label"))
        self.import_button.clicked.connect(lambda: self.trigger("project.import"))
        self.session.closed.connect(self.disconnect_source)

    def page_actions(self) -> Sequence[Action]:
        return (
            Action(
                "capture.record",
                "Start or stop a take",
                "Space does the same while the plot has the focus",
                self.toggle_take,
                "Ctrl+R",
                self._can_record,
            ),
            Action(
                "capture.simulate",
                "Use a simulated board",
                "Start one and connect to it",
                self.connect_simulation,
                enabled=lambda: self.capture is None,
            ),
            Action("capture.replay", "Replay a log…", "Read what a board once sent from a file", self.choose_log),
            Action(
                "capture.disconnect",
                "Disconnect",
                "Let go of the port",
                self.disconnect_source,
                enabled=lambda: self.capture is not None,
            ),
        )

    # --- the connection ----------------------------------------------------------------------------

    def connect_to(self, port: str, baud: int) -> None:
        """Read from a port in place of the one being read."""
        self.disconnect_source()
        try:
            self.capture = CaptureSession(self._link(port, baud))
        except WorkbenchError as error:
            self.show_error(error)
            return
        self._status = CaptureStatus(CaptureState.ENDED)  # of this connection nothing is shown yet
        self.live.start_over()
        self.camera.start_over()
        self.kinds.choose(0)
        self.console.start_over()
        self._console_place = 0
        self._frames.start()
        self._watcher.stop()
        self._show_connection()
        self.plot.setFocus(Qt.FocusReason.OtherFocusReason)

    def _link(self, port: str, baud: int) -> Link:
        link = self.sources.link(port, baud)
        link = dataclasses.replace(link, settings=self.wire.put_into(link.settings), frame=self.wire.frame)
        if is_log(port) or not self.sources.raw_log.isChecked() or self.session.project is None:
            return link
        return dataclasses.replace(link, raw_log=raw_log_path(self.session.project))

    def _show_forms(self) -> None:
        """What was set for the chosen source the last time; a microphone sends sound and nothing else."""
        connected = self.capture is not None
        port = self.capture.port if self.capture is not None else self.sources.chosen
        simulated = self._board is not None if connected else self.sources.is_simulated
        if not connected:
            self.wire.recall("" if simulated else port)  # a newcomer's board always works
        for one in (self.simulation_title, self.simulation):
            one.setVisible(simulated)
        for widget in (self.wire_title, self.wire):
            widget.setVisible(not is_microphone(port) and (connected or not simulated))

    def _read_anew(self) -> None:
        if self.capture is None:
            return
        try:
            self.capture.read_as(self.wire.put_into(self.capture.link.settings), self.wire.frame)
        except WorkbenchError as error:
            self.show_error(error)

    def choose_log(self) -> None:
        """Ask for a log and replay it."""
        log = ask_for_log(self)
        if log is not None:
            self.replay(log)

    def replay(self, log: Path) -> None:
        """Read from a log as from a board."""
        self.connect_to(log_device(log), int(self.sources.baud.currentText() or DEFAULT_BAUD))

    def connect_simulation(self) -> None:
        """Start a simulated board and read from it."""
        self.disconnect_source()
        wanted = self.simulation.value
        if wanted.signal == "project" and self.session.project is not None:
            wanted = dataclasses.replace(wanted, project=str(self.session.project.folder))
        try:
            board = SimulatedBoard(wanted)
        except WorkbenchError as error:
            self.show_error(error)
            return
        self.connect_to(board.port, int(self.sources.baud.currentText() or 115_200))
        self._board = board
        self._show_connection()

    def _restart_simulation(self) -> None:
        if self._board is not None:
            self.connect_simulation()

    def _take_board(self, board_id: str) -> None:
        self.session.choose_board(board_id)
        self.show_message("good", f"The project's board is now {self.session.board.name}.", ("Undo", self.session.undo))

    def disconnect_source(self) -> None:
        """Let go of the port; a take under way is kept."""
        if self.series.active and self.session.project is not None:
            self.series.stop()
        self.series.forget()
        if self.capture is not None:
            self.capture.stop()
            self._tell_of_raw_log(self.capture.link.raw_log)
            self.capture = None
        if self._board is not None:
            self._board.stop()
            self._board = None
        self._frames.stop()
        if self.isVisible():
            self._watcher.start()
        self._show_connection()

    def _tell_of_raw_log(self, log: Path | None) -> None:
        if log is None or not log.is_file():
            return
        for older in [message for message in self.messages.messages() if message.text.startswith(_RAW_BYTES)]:
            older.put_away()
        self.show_message("good", f"{_RAW_BYTES} {log.parent.name}/{log.name}.", ("Replay", lambda: self.replay(log)))

    def leave(self) -> None:
        self.disconnect_source()
        self._watcher.stop()

    def _show_connection(self) -> None:
        connected = self.capture is not None
        self.sources.set_connected(connected)
        for widget in (self.counters_title, self.counters):
            widget.setVisible(connected)
        self._show_forms()
        self._choose_view()
        if not connected:
            self.counters.clear()
            self.session.set_capture_state("")
            self.state.clear()
            self.message.clear()
            self.record.set_possible(False, "Connect to a board first")

    @property
    def _sees(self) -> bool:
        """Whether pictures are in view, and what Record takes."""
        if self._status.picture_shape is None:
            return False
        return not self._status.channels or self.kinds.current == 1

    def _choose_view(self) -> None:
        status, connected = self._status, self.capture is not None
        self.kinds.setVisible(connected and status.picture_shape is not None and bool(status.channels))
        self.streams.setVisible(connected and len(status.streams) > 1 and not self._sees)
        wanted = self.empty if not connected else self.camera if self._sees else self.live
        if self.view.currentWidget() is not wanted:
            self.view.setCurrentWidget(wanted)
            if wanted is self.camera:
                self.camera.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.record.set_pictures(connected and self._sees)

    def _show_stream(self, place: int) -> None:
        try:
            if self.capture is not None:
                self.capture.show_stream(place)
        except WorkbenchError as error:
            self.show_error(error)
            self.streams.setCurrentIndex(self._status.shown_stream)

    def _offer_streams(self, titles: tuple[str, ...], shown: int) -> None:
        if titles != tuple(self.streams.itemText(row) for row in range(self.streams.count())):
            self.streams.clear()
            self.streams.addItems(titles)
        self.streams.setCurrentIndex(shown)

    # --- drawing -----------------------------------------------------------------------------------

    def _draw_frame(self) -> None:
        if self.capture is None:
            return
        if self._board is not None and self._board.problem:
            self.show_message("bad", self._board.problem)
            self.simulation.set_value(dataclasses.replace(self.simulation.value, signal="fan"))  # which always works
            self.disconnect_source()
            return
        self._take_status(self.capture.status())
        self.series.tick(self._status)
        if self.series.active:
            self._show_progress()
        if not self.isVisible():
            return
        if self._sees:
            self.camera.show_frame(self.capture, self._status)
            return
        self.live.show_frame(self.capture, self._status)
        if self.console.isVisible() and not self.live.feed.held:
            self._console_place, data = self.capture.bytes_since(self._console_place)
            self.console.show_bytes(data)

    def _take_status(self, status: CaptureStatus) -> None:
        if status == self._status:
            return
        before, self._status = self._status, status
        ended_well = status.state is CaptureState.ENDED and is_log(status.port)
        doing, role = ("Replayed", "good") if ended_well else _STATES[status.state]
        source = "the simulated board" if self._board is not None else in_short(status.port)
        self.state.setText(f"● {doing} {source}")
        self.state.setToolTip(status.port)
        give_role(self.state, role)
        in_plot = not status.channels and status.picture_shape is None and not self.live.feed.held
        self.message.setText("" if in_plot else status.message)  # once is enough
        self.plot.hint.setText(status.message or _HINTS.get(status.state, ""))
        self.counters.show_status(status)
        self.wire.show_status(status)
        rate = f" {quantity(status.rate_hz, 'Hz')}" if status.rate_hz else ""
        if self._sees and status.picture_hz:
            rate = f" {quantity(status.picture_hz, 'pictures/s')}"
        self.session.set_capture_state(f"{source}{rate}", role)
        if status.streams != before.streams or status.shown_stream != before.shown_stream:
            self._offer_streams(status.streams, status.shown_stream)
        self._choose_view()
        if not self.series.active:
            self.record.set_possible(self._can_record(), "Nothing arrives yet")
        if status.channels != before.channels:
            self.record.form.offer_channels([channel.name for channel in status.channels])

    def _send(self, data: bytes) -> None:
        try:
            if self.capture is not None:
                self.capture.send(data)
        except WorkbenchError as error:
            self.show_error(error)

    # --- takes -------------------------------------------------------------------------------------

    def _can_record(self) -> bool:
        return self.capture is not None and (self._status.state is CaptureState.RECEIVING or self.series.active)

    def toggle_take(self) -> None:
        """Start a take or a series of them, or end what is under way and keep what was recorded."""
        if self.series.active:
            self.series.stop()
        elif self.session.project is not None and self.capture is not None and self._can_record():
            label, metadata, settings = self.record.label_text, self.record.metadata, self.record.form.value
            self.series.start(self.capture, label, metadata, settings, pictures=self._sees)

    def _show_series(self) -> None:
        recording = self.series.phase is Phase.RECORDING
        trigger = self.series.settings.trigger
        self.plot.mark_take(recording and not self.series.pictures, trigger.before_s if trigger else 0.0)
        self.camera.view.mark_take(recording and self.series.pictures)
        for choice in (self.kinds, self.streams, self.wire):
            choice.setEnabled(not self.series.active)
        if self.series.active:
            self._show_progress()
        else:
            self.record.show_take(None)
            self.record.set_possible(self._can_record(), "Nothing arrives yet")

    def _show_progress(self) -> None:
        self.record.show_take(self.series.seconds, self.series.words)

    def _remove_take(self, recording_id: int) -> None:
        self.session.perform(remove_recordings, [recording_id])
        self.show_message("info", "Take removed.", ("Undo", self.session.undo))

    # --- the project -------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project = self.session.project
        self.sources.set_board(self.session.board.id if project is not None else "")
        if project is None or (changed is not None and Topic.RECORDINGS not in changed):
            return
        if changed is None:
            self._thumbnails = {}
        labels = project.recording_labels()
        self.record.set_labels(labels)
        latest = project.recordings()[: -_TAKES_SHOWN - 1 : -1]
        cards = [self._card(recording) for recording in latest]
        self.panel.set_takes(cards, theme.label_colours(labels))

    def _card(self, recording: Recording) -> TakeCard:
        project = self.session.project
        if recording.id not in self._thumbnails and project is not None:
            samples = project.samples(recording, 0, min(recording.rows, _THUMBNAIL_ROWS))
            seen = recording.kind == "picture"
            self._thumbnails[recording.id] = to_image(samples) if seen else thumbnail(samples)
        picture = self._thumbnails[recording.id]
        return TakeCard(recording.id, recording.name, recording.label, recording.seconds, picture)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if log_in(event) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()  # the window takes recordings and models

    def dropEvent(self, event: QDropEvent) -> None:
        log = log_in(event)
        if log is not None:
            event.acceptProposedAction()
            self.replay(log)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.panel.share_room()

    def hideEvent(self, event: QHideEvent) -> None:
        self._watcher.stop()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.capture is None:
            self._watcher.start()
