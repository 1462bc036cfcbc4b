"""Where samples can come from: the serial ports, a port that is typed, the microphone, the simulated board, a log."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIntValidator, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench import settings
from workbench.boards import load_boards
from workbench.capture.control_lines import ControlLines
from workbench.capture.link import DEFAULT_BAUD, HIGHEST_BAUD, Link, LinkSettings
from workbench.capture.microphone import MICROPHONE, why_no_microphone
from workbench.capture.ports import COMMON_BAUDS, Port, list_ports
from workbench.capture.replayed_log import is_log
from workbench.ui import theme
from workbench.ui.widgets.log_controls import RawLogSwitch, ReplaySpeed
from workbench.ui.widgets.roles import give_role, words

_LOOK_MS = 2000
_DEVICE = Qt.ItemDataRole.UserRole
_LINES = {
    "both": "DTR and RTS on",
    "dtr": "DTR on, RTS off",
    "rts": "RTS on, DTR off",
    "neither": "DTR and RTS off",
}
_SIMULATED = "simulated board"
_LOG = "log"
_LOOKING = "Looking whether there is one"
_REMEMBERED_LINES = "control_lines"


class PortWatcher(QObject):
    """Looks for ports every two seconds, beside the window: asking the system can take a tenth of a second."""

    found = Signal(object)  # list[Port]
    microphone_known = Signal(str)  # why it cannot be used, "" when it can

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._asked_for_microphone = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look now and from now on."""
        if not self._timer.isActive():
            self._timer.start()
            self.look()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def look(self) -> None:
        """Look once, unless the last look is still under way."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._look, name="port watcher", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        self.found.emit(list_ports())
        if not self._asked_for_microphone:  # loading its library takes long, and once is enough
            self._asked_for_microphone = True
            self.microphone_known.emit(why_no_microphone())


class _PortList(QListWidget):
    """A list in which Enter means: take this one."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class SourceList(QWidget):
    """Choose a source, and how it is read; connect and disconnect.

    Until somebody chooses, a recognised board is chosen, or another USB device, or else the simulated board: a bare
    ``/dev/ttyS0`` is there on many computers and leads nowhere.
    """

    connect_asked = Signal(str, int)  # device, baud
    simulation_asked = Signal()
    log_asked = Signal()  # a log is to be chosen
    disconnect_asked = Signal()
    board_asked = Signal(str)  # the id of a plugged-in board, to be the project's

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connected = False
        self._chosen_by_hand = False
        self._found: list[Port] = []
        self._board_id = ""
        self._why_no_microphone = _LOOKING
        self.ports = _PortList()
        self.ports.setAccessibleName("Sources")
        self.ports.setFixedHeight(108)
        self.ports.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.ports.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.none = QLabel("No serial port found. Plug a board in: it appears here by itself.")
        self.none.setProperty("role", "muted")
        self.none.setWordWrap(True)
        self.port = QLineEdit()
        self.port.setPlaceholderText("or type a port")
        self.port.setToolTip("A device such as /dev/ttyACM0 or COM7, or socket://host:port")
        self.port.setAccessibleName("Port")
        self.baud = _baud_box()
        self.native = words("Native USB: no baud rate to set", "muted")
        self.native.setToolTip("This board is the USB device itself, and takes no notice of the baud rate")
        self.lines = QComboBox()
        for choice, title in _LINES.items():
            self.lines.addItem(title, choice)
        self.lines.setAccessibleName("DTR and RTS")
        self.lines.setToolTip(
            "The control lines while the port is open, remembered for each board. Many boards restart when DTR comes; "
            "boards with native USB often send only while it is there."
        )
        self.speed = ReplaySpeed()
        self.raw_log = RawLogSwitch()
        self.connect_button = QPushButton("Connect")
        self.connect_button.setProperty("role", "primary")
        self.offer = QWidget()
        self._offered = QVBoxLayout(self.offer)
        self._offered.setContentsMargins(0, 0, 0, 0)
        self._offered.setSpacing(4)
        self._lay_out()
        self.ports.currentItemChanged.connect(self._choose)
        self.ports.itemDoubleClicked.connect(lambda _item: self._ask())
        self.ports.entered.connect(self._ask)
        self.port.textChanged.connect(self._take_port)
        self.lines.activated.connect(lambda _index: self._remember_lines())
        self.port.returnPressed.connect(self._ask)
        self.baud.editTextChanged.connect(lambda _text: self._update())
        self.connect_button.clicked.connect(self._toggle)
        self.show_ports([])

    def _lay_out(self) -> None:
        unit = QLabel("baud")
        unit.setProperty("role", "muted")
        self._rate = QWidget()
        rate = QHBoxLayout(self._rate)
        rate.setContentsMargins(0, 0, 0, 0)
        rate.setSpacing(theme.GRID)
        rate.addWidget(self.baud, 1)
        rate.addWidget(unit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.ports)
        column.addWidget(self.none)
        column.addWidget(self.port)
        column.addWidget(self._rate)
        column.addWidget(self.native)
        column.addWidget(self.lines)
        column.addWidget(self.speed)
        column.addWidget(self.raw_log)
        column.addWidget(self.connect_button)
        column.addWidget(self.offer)

    def show_ports(self, ports: Sequence[Port]) -> None:
        """Offer these; what was chosen or typed stays."""
        shown = [self.ports.item(row).data(_DEVICE) for row in range(self.ports.count())]
        if shown != [*(port.device for port in ports), MICROPHONE, _SIMULATED, _LOG]:
            self._found = list(ports)
            self._fill()
            self._offer_boards()
        self._update()

    def show_microphone(self, why_not: str) -> None:
        """Whether the microphone can be used; the reason stands on it when it cannot."""
        self._why_no_microphone = why_not
        self._fill()

    def set_board(self, board_id: str) -> None:
        """The project's board: another one that is plugged in is offered in its place; "" when there is no project."""
        if board_id != self._board_id:
            self._board_id = board_id
            self._offer_boards()

    def _fill(self) -> None:
        wanted = self.chosen if self._chosen_by_hand else self._likeliest()
        with QSignalBlocker(self.ports):
            self.ports.clear()
            for port in self._found:
                self._add(port.title, port.device)
            microphone = self._add("Computer's microphone", MICROPHONE)
            if self._why_no_microphone:
                microphone.setText("Microphone – not available")
                microphone.setForeground(QColor(theme.now().muted))
                microphone.setFlags(Qt.ItemFlag.NoItemFlags)
                microphone.setToolTip(self._why_no_microphone)
            self._add("Simulated board", _SIMULATED).setToolTip(
                "No board at hand? This one sends motion, sound or pictures over a real port"
            )
            self._add("Replay a log…", _LOG).setToolTip("A file of what a board once sent; or drop it on this page")
            self._mark(wanted)
        if not self._chosen_by_hand:
            self._take_device(wanted)

    def _add(self, title: str, device: str) -> QListWidgetItem:
        item = QListWidgetItem(title)
        item.setData(_DEVICE, device)
        item.setToolTip(title)
        self.ports.addItem(item)
        return item

    def _mark(self, device: str) -> None:
        devices = [self.ports.item(row).data(_DEVICE) for row in range(self.ports.count())]
        self.ports.setCurrentRow(devices.index(device) if device in devices else -1)  # none where it was typed

    def _likeliest(self) -> str:
        boards = [port.device for port in self._found if port.board_ids]
        others = [port.device for port in self._found if port.usb_id is not None]
        return next(iter(boards + others), _SIMULATED)

    def _offer_boards(self) -> None:
        """A button for each board that is plugged in and could be the project's."""
        while (item := self._offered.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        present = list(dict.fromkeys(one for port in self._found for one in port.board_ids))
        if present and self._board_id and self._board_id not in present:
            self._offered.addWidget(words("Plugged in, for this project:", "muted"))
            for board_id in present:
                name = load_boards()[board_id].name
                button = QPushButton(f"Use {name}")
                button.setProperty("role", "link")
                button.setToolTip(f"{name} is plugged in: make it the project's board")
                button.clicked.connect(lambda _checked=False, chosen=board_id: self.board_asked.emit(chosen))
                self._offered.addWidget(button)
        self.offer.setVisible(self._offered.count() > 0)

    def set_connected(self, connected: bool) -> None:
        """While connected there is nothing to choose, and the button disconnects."""
        self._connected = connected
        self._update()

    def _update(self) -> None:
        choosing = not self._connected
        log = self.chosen == _LOG or is_log(self.chosen)
        serial = self.chosen not in (_SIMULATED, MICROPHONE) and not log
        self.ports.setVisible(choosing)
        self.none.setVisible(choosing and not self._found)
        self.port.setVisible(choosing)
        self._rate.setVisible(choosing and serial and not self._is_native)
        self.native.setVisible(choosing and serial and self._is_native)
        self.lines.setVisible(choosing and serial)
        self.speed.setVisible(choosing and log)
        self.raw_log.setVisible(choosing and not log)
        usable = bool(self.chosen and (not serial or self.baud.currentText().isdigit()))
        possible = self._connected or usable
        asks = self.chosen == _LOG
        give_role(self.connect_button, "" if self._connected else "primary")  # then the next thing is to record
        self.connect_button.setText("Disconnect" if self._connected else "Choose a log…" if asks else "Connect")
        self.connect_button.setEnabled(possible)
        if possible:
            tip = "Let go of the port" if self._connected else "Open the port and show what it sends"
        else:
            tip = "Choose or type a port first" if self.baud.currentText().isdigit() else "Type a baud rate first"
        self.connect_button.setToolTip(tip)

    @property
    def _is_native(self) -> bool:
        return any(port.native_usb for port in self._found if port.device == self.chosen)

    @property
    def chosen(self) -> str:
        """The device: what is typed, or the chosen source of the list."""
        item = self.ports.currentItem()
        return self.port.text().strip() or (str(item.data(_DEVICE)) if item is not None else "")

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._chosen_by_hand = True
            self._take_device(item.data(_DEVICE))

    def _take_device(self, device: str) -> None:
        with QSignalBlocker(self.port):
            self.port.setText("" if device in (_SIMULATED, MICROPHONE, _LOG) else device)
        self._recall_lines(device)

    @property
    def is_simulated(self) -> bool:
        """Whether the simulated board is chosen."""
        return self.chosen == _SIMULATED

    def link(self, device: str, baud: int) -> Link:
        """A connection to a device as things are set here."""
        return Link(device, LinkSettings(baud=baud, lines=self.control_lines.value, speed=self.speed.value))

    @property
    def control_lines(self) -> ControlLines:
        """What DTR and RTS are set to."""
        return ControlLines(self.lines.currentData())

    def _take_port(self, port: str) -> None:
        self._chosen_by_hand = True
        with QSignalBlocker(self.ports):
            self._mark(port.strip())
        self._recall_lines(port)

    def _recall_lines(self, port: str) -> None:
        remembered = settings.preference(_REMEMBERED_LINES, {})
        choice = remembered.get(self._board_behind(port.strip())) if isinstance(remembered, dict) else None
        self.lines.setCurrentIndex(max(0, self.lines.findData(choice)))
        self._update()

    def _remember_lines(self) -> None:
        remembered = settings.preference(_REMEMBERED_LINES, {})
        known = remembered if isinstance(remembered, dict) else {}
        settings.remember(_REMEMBERED_LINES, known | {self._board_behind(self.chosen): str(self.control_lines)})

    def _board_behind(self, device: str) -> str:
        """What a choice is remembered for: the board, whatever its port is called today, or else the port."""
        port = next((one for one in self._found if one.device == device), None)
        if port is None or port.usb_id is None:
            return device
        return ":".join((f"{port.usb_id[0]:04x}", f"{port.usb_id[1]:04x}", port.serial_number))

    def _toggle(self) -> None:
        if self._connected:
            self.disconnect_asked.emit()
        else:
            self._ask()

    def _ask(self) -> None:
        if not self.connect_button.isEnabled() or self._connected:
            return
        if self.chosen == _SIMULATED:
            self.simulation_asked.emit()
        elif self.chosen == _LOG:
            self.log_asked.emit()
        else:
            baud = DEFAULT_BAUD if self._is_native else int(self.baud.currentText() or DEFAULT_BAUD)
            self.connect_asked.emit(self.chosen, baud)


def _baud_box() -> QComboBox:
    box = QComboBox()
    box.setEditable(True)
    box.addItems([str(rate) for rate in COMMON_BAUDS])
    box.setCurrentText(str(DEFAULT_BAUD))
    box.setAccessibleName("Baud rate")
    box.setToolTip("Bits a second, as in the firmware's Serial.begin(); any number may be typed")
    box.setValidator(QIntValidator(1, HIGHEST_BAUD, box))
    return box
