"""The boards page: every board's facts with their sources, and boards of one's own from a file or a form."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.boards import Board, known_cores
from workbench.errors import WorkbenchError
from workbench.fields import setting
from workbench.operations.boards import add_board, list_boards, remove_board, save_board
from workbench.quantities import exact_bytes, kilobytes
from workbench.ui import theme
from workbench.ui.board_menu import matches
from workbench.ui.pages.page import Page
from workbench.ui.session import Session
from workbench.ui.widgets.message_bar import Kind
from workbench.ui.widgets.row_table import Column, RowTable
from workbench.ui.widgets.settings_form import SettingsForm

if TYPE_CHECKING:
    from workbench.operations.outcome import Outcome, Topic

_KB = 1024


@dataclass(frozen=True)
class BoardForm:
    """The facts of a board that the figures need, as one types them."""

    id: str = setting("my_board", title="Id", help="File name of the board: a-z, 0-9, _ and -.")
    name: str = setting("My board", help="What the board is called.")
    maker: str = setting("me", help="Who makes it.")
    core: str = setting("cortex-m4", help="The processor's core, which the estimates are made for.")
    clock_mhz: float = setting(64.0, title="Clock", unit="MHz", low=0.1, high=2000.0, help="Clock of the core.")
    fpu: str = setting("single", title="Floating point", help="The core's unit.", choices=("none", "single", "double"))
    dsp: bool = setting(True, title="DSP instructions", help="16-bit multiply-accumulate (Armv7E-M, Armv8-M).")
    mve: bool = setting(False, title="Vector instructions", help="The vector extension of Armv8.1-M.")
    flash_kb: float = setting(1024.0, title="Flash", unit="KB", low=0.0, high=1e6, help="All of the flash.")
    ram_kb: float = setting(256.0, title="RAM", unit="KB", low=0.0, high=1e6, help="RAM in one piece.")
    reserved_flash_kb: float = setting(
        0.0, title="Reserved flash", unit="KB", low=0.0, high=1e6, help="What boot loader and radio stack take."
    )
    reserved_ram_kb: float = setting(
        0.0, title="Reserved RAM", unit="KB", low=0.0, high=1e6, help="What the operating system and radio stack take."
    )
    supply_v: float = setting(3.3, title="Supply", unit="V", low=0.5, high=60.0, help="Supply of the microcontroller.")
    active_ma: float = setting(
        5.0, title="Active current", unit="mA", low=0.0, high=10_000.0, help="While it computes, radio and sensors off."
    )


def form_of(board: Board) -> BoardForm:
    """A board as the form shows it, under an id that is free to be one's own."""
    return BoardForm(
        id=board.id if board.user else f"my_{board.id}",
        name=board.name if board.user else f"My {board.name}",
        maker=board.maker,
        core=board.core.name,
        clock_mhz=board.core.clock_hz / 1e6,
        fpu=board.core.fpu,
        dsp=board.core.dsp,
        mve=board.core.mve,
        flash_kb=board.flash_bytes / _KB,
        ram_kb=board.ram_bytes / _KB,
        reserved_flash_kb=board.reserved_flash_bytes / _KB,
        reserved_ram_kb=board.reserved_ram_bytes / _KB,
        supply_v=board.supply_v,
        active_ma=board.active_ma or 0.0,
    )


def board_of(form: BoardForm, like: Board) -> Board:
    """The form as a board; what it does not ask for (sensors, toolchain) is as on ``like``."""
    fpu: Any = form.fpu  # one of the choices
    core = dataclasses.replace(
        like.core, name=form.core, clock_hz=round(form.clock_mhz * 1e6), fpu=fpu, dsp=form.dsp, mve=form.mve
    )
    return dataclasses.replace(
        like,
        id=form.id.strip(),
        name=form.name,
        maker=form.maker,
        core=core,
        flash_bytes=round(form.flash_kb * _KB),
        ram_bytes=round(form.ram_kb * _KB),
        reserved_flash_bytes=round(form.reserved_flash_kb * _KB),
        reserved_ram_bytes=round(form.reserved_ram_kb * _KB),
        regions=(),
        supply_v=form.supply_v,
        active_ma=form.active_ma or None,
        active_ma_range=None,
        usb_ids=(),
        programmable=True,
        why_not="",
        sources={},
        user=True,
    )


class BoardsPage(Page):
    """A table of all boards; at the right the facts of the one chosen, or the form for one's own."""

    id = "boards"
    title = "Boards"
    settings_width: ClassVar[int] = 400
    help_text = (
        "Every board the program knows, with where each fact was read.\n\n"
        "A board of your own is a TOML file in your settings folder: add one from a file, or start from a board that "
        "is like it and change the numbers."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._boards: dict[str, Board] = {}
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by name, core, flash, RAM, sensor or radio")
        self.search.textChanged.connect(self._fill)
        row.addWidget(self.search, 1)
        self.add_button = QPushButton("Add from a file…")
        self.add_button.clicked.connect(self._choose_file)
        row.addWidget(self.add_button)
        self.content.addLayout(row)
        self.table = RowTable(_columns(), key=lambda board: board.id, strong=self._is_current)
        self.table.setAccessibleName("Boards")
        self.table.chosen.connect(lambda _id: self._show_facts())
        self.table.opened.connect(self.session.choose_board)
        self.content.addWidget(self.table, 1)
        self._edge_parts = QStackedWidget()
        self._edge_parts.addWidget(self._facts_part())
        self._edge_parts.addWidget(self._form_part())
        self.add_settings(self._edge_parts, stretch=1)

    def _facts_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GRID)
        self.use = QPushButton("Use this board")
        self.use.setProperty("role", "primary")
        self.use.clicked.connect(self._use)
        buttons.addWidget(self.use, 1)
        self.copy = QPushButton("New board like this…")
        self.copy.clicked.connect(self._open_form)
        buttons.addWidget(self.copy, 1)
        column.addLayout(buttons)
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.RichText)
        self.facts.setWordWrap(True)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.facts)
        self.remove = QPushButton("Remove this board of yours")
        self.remove.setProperty("role", "danger")
        self.remove.clicked.connect(self._remove)
        column.addWidget(self.remove)
        column.addStretch(1)
        return part

    def _form_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        heading = QLabel("A board of your own")
        heading.setProperty("role", "section")
        column.addWidget(heading)
        self.form = SettingsForm(BoardForm(), offered=("core",))
        self.form.set_choices("core", known_cores())
        column.addWidget(self.form)
        self.save = QPushButton("Save and use it")
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(self._save)
        column.addWidget(self.save)
        back = QPushButton("Back without saving")
        back.clicked.connect(self._show_facts)
        column.addWidget(back)
        column.addStretch(1)
        return part

    # --- content -----------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        outcome = list_boards()
        self._boards = {board.id: board for board in outcome.value}
        for message in outcome.messages:
            self.show_message(Kind.WARN, message)
        self._fill()
        if self.table.current() is None:
            self.table.choose(self.session.board.id)
        self._show_facts()

    def _fill(self) -> None:
        found = [board for board in self._boards.values() if matches(board, self.search.text())]
        self.table.set_rows(sorted(found, key=lambda board: board.name.casefold()))

    def _is_current(self, board: Board) -> bool:
        return board.id == self.session.board.id

    @property
    def chosen(self) -> Board:
        """The board whose facts are shown."""
        return self._boards.get(str(self.table.current()), self.session.board)

    def _show_facts(self) -> None:
        board = self.chosen
        self.facts.setText(facts(board))
        self.use.setEnabled(not self._is_current(board))
        self.use.setText("This is the chosen board" if self._is_current(board) else "Use this board")
        self.remove.setVisible(board.user)
        self._edge_parts.setCurrentIndex(0)

    # --- doing it ----------------------------------------------------------------------------------

    def _use(self) -> None:
        self.session.choose_board(self.chosen.id)

    def _open_form(self) -> None:
        self.form.set_value(form_of(self.chosen))
        self._edge_parts.setCurrentIndex(1)

    def _save(self) -> None:
        self._keep(lambda: save_board(board_of(self.form.value, self.chosen)))

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Add a board", str(Path.home()), "Board (*.toml)")
        if chosen:
            self._keep(lambda: add_board(Path(chosen)))

    def _keep(self, do: Callable[[], Outcome[Board]]) -> None:
        try:
            board = do().value
        except WorkbenchError as error:
            self.show_error(error)
            return
        self.messages.clear()
        self.show_message(Kind.GOOD, f"{board.name} is one of your boards now.")
        self.session.choose_board(board.id)
        self.refresh(None)
        self.table.choose(board.id)
        self._show_facts()

    def _remove(self) -> None:
        board = self.chosen
        try:
            remove_board(board.id)
        except WorkbenchError as error:
            self.show_error(error)
            return
        self.table.choose(None)
        self.session.forget_board()
        self.refresh(None)


def _columns() -> tuple[Column, ...]:
    return (
        Column(
            "Board",
            lambda board: board.name,
            tip=lambda board: board.why_not or board.maker,
            stretch=True,
        ),
        Column("Core", lambda board: board.core.name),
        Column("MHz", lambda board: f"{board.core.clock_hz / 1e6:g}", lambda board: board.core.clock_hz, numeric=True),
        Column(
            "Flash, KB", lambda board: f"{board.flash_bytes / _KB:,.0f}", lambda board: board.flash_bytes, numeric=True
        ),
        Column("RAM, KB", lambda board: f"{board.ram_bytes / _KB:,.0f}", lambda board: board.ram_bytes, numeric=True),
        Column("Radio", lambda board: ", ".join(sorted({radio.kind.split(",")[0] for radio in board.radios})) or "–"),
    )


def facts(board: Board) -> str:
    """All that is known of a board, as rich text."""
    muted = theme.now().muted
    core = board.core
    units = [f"{core.fpu} precision" if core.fpu != "none" else "no floating-point unit"]
    units += ["DSP"] if core.dsp else []
    units += ["vector extension"] if core.mve else []
    rows = [
        ("Core", f"{core.name}, {core.clock_hz / 1e6:g} MHz, {', '.join(units)}", "core"),
        ("Flash", _memory(board.flash_bytes, board.reserved_flash_bytes), "flash"),
        ("RAM", _memory(board.ram_bytes, board.reserved_ram_bytes), "ram"),
        ("Current", _current(board), "current"),
        ("Sensors", "; ".join(f"{sensor.name} ({sensor.measures})" for sensor in board.sensors) or "none", "sensors"),
        ("Radio", "; ".join(f"{radio.name} ({radio.kind})" for radio in board.radios) or "none", "radio"),
        ("USB", ", ".join(f"{vendor:04x}:{product:04x}" for vendor, product in board.usb_ids) or "–", "usb"),
        ("Toolchain", ", ".join(f"{name}: {target}" for name, target in board.toolchain.items()) or "–", "toolchain"),
    ]
    parts = [f"<p><b style='font-size:15px'>{html.escape(board.name)}</b><br>"]
    parts.append(f"<span style='color:{muted}'>{html.escape(board.maker)}</span></p>")
    if board.why_not:
        parts.append(f"<p style='color:{theme.now().warn}'>Not programmable this way: {html.escape(board.why_not)}</p>")
    for name, text, key in rows:
        source = board.sources.get(key, "")
        small = f"<br><span style='color:{muted}; font-size:11px'>{html.escape(source)}</span>" if source else ""
        parts.append(f"<p><span style='color:{muted}'>{name}</span>&nbsp; {html.escape(text)}{small}</p>")
    return "".join(parts)


def _memory(total: int, reserved: int) -> str:
    kept = f", {kilobytes(reserved)} of it reserved" if reserved else ""
    return f"{kilobytes(total)} ({exact_bytes(total)}){kept}"


def _current(board: Board) -> str:
    if board.active_ma is None:
        return f"unknown, at {board.supply_v:g} V"
    band = f" ({board.active_ma_range[0]:g} to {board.active_ma_range[1]:g})" if board.active_ma_range else ""
    return f"{board.active_ma:g} mA{band} computing, at {board.supply_v:g} V"
