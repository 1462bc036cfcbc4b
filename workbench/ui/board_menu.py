"""The menu of boards: search by name, core, flash, RAM, sensor or radio; the plugged-in board on top."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QPushButton, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.boards import Board, load_boards
from workbench.ui import theme
from workbench.ui.widgets.popup import SearchPopup, paint_row

_WIDTH, _HEIGHT, _ROW = 520, 456, 48  # px
_BOARD = Qt.ItemDataRole.UserRole
_TAG = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


def in_one_line(board: Board) -> str:
    """Core, clock, flash and RAM of a board."""
    mhz = board.core.clock_hz / 1e6
    return f"{board.core.name} · {mhz:g}\u2009MHz · {_size(board.flash_bytes)} flash · {_size(board.ram_bytes)} RAM"


def _size(count: int) -> str:
    return f"{count / 1024:,.0f}\u2009KB"


def matches(board: Board, text: str) -> bool:
    """Whether every word of ``text`` occurs in what is known of the board."""
    sensors = " ".join(f"{sensor.name} {sensor.measures}" for sensor in board.sensors)
    radios = " ".join(f"{radio.name} {radio.kind}" for radio in board.radios)
    known = f"{board.id} {board.name} {board.maker} {in_one_line(board)} {sensors} {radios}"
    # "256 KB" is typed with a plain space or none, and nobody types the comma of a thousand.
    known = known.replace("\u2009", " ").casefold()
    known += " " + known.replace(",", "").replace(" kb", "kb").replace(" mhz", "mhz")
    return all(word in known for word in text.casefold().split())


def sorted_boards(boards: dict[str, Board], plugged_in: set[str]) -> list[Board]:
    """Plugged-in boards first, then by name; what cannot be programmed last."""
    return sorted(boards.values(), key=lambda b: (b.id not in plugged_in, not b.programmable, b.name.casefold()))


class _Boards(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._boards: list[Board] = []
        self._plugged_in: set[str] = set()

    def fill(self, boards: list[Board], plugged_in: set[str]) -> None:
        self.beginResetModel()
        self._boards, self._plugged_in = boards, plugged_in
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._boards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        board = self._boards[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return board.name
            case Qt.ItemDataRole.ToolTipRole:
                return board.why_not or f"{board.maker}: {in_one_line(board)}"
            case _ if role == _BOARD:
                return board
            case _ if role == _TAG:
                return self._tag(board)
        return None

    def _tag(self, board: Board) -> str:
        if board.id in self._plugged_in:
            return "plugged in"
        if not board.programmable:
            return "not programmable this way"
        return "yours" if board.user else ""


class _Row(QStyledItemDelegate):
    """Name and tag on one line, the facts below."""

    def __init__(self, menu: BoardMenu) -> None:
        super().__init__(menu)
        self._menu = menu

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        style: Any = option  # PySide's stubs leave the public fields of a style option out
        tokens = theme.now()
        board: Board = index.data(_BOARD)
        painter.save()
        box = paint_row(painter, style)
        inner = box.adjusted(10, 4, -10, -4)
        current = board.id == self._menu.current
        name_font = theme.scaled_font(style.font, 1.0, bold=True)
        small = theme.scaled_font(style.font, 0.9)
        tag = index.data(_TAG)
        tag_width = QFontMetrics(small).horizontalAdvance(tag) + 12 if tag else 0
        upper = QRectF(inner.left(), inner.top(), inner.width() - tag_width, inner.height() / 2)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(name_font)
        painter.setPen(QColor(tokens.accent if current else tokens.text if board.programmable else tokens.muted))
        words = QFontMetrics(name_font).elidedText(board.name, Qt.TextElideMode.ElideRight, round(upper.width()))
        painter.drawText(upper, left, words)
        painter.setFont(small)
        if tag:
            painter.setPen(QColor(tokens.good if tag == "plugged in" else tokens.muted))
            place = QRectF(inner.right() - tag_width, inner.top(), tag_width, inner.height() / 2)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tag)
        painter.setPen(QColor(tokens.muted))
        lower = QRectF(inner.left(), inner.center().y(), inner.width(), inner.height() / 2)
        painter.drawText(lower, left, in_one_line(board))
        painter.restore()


class BoardMenu(SearchPopup):
    """Choose a board; ``chosen`` carries its id."""

    chosen = Signal(str)
    facts_wanted = Signal()  # the page with every board's facts and the form for one's own

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Search by name, core, flash, RAM, sensor or radio")
        self.setObjectName("board_menu")
        self.resize(_WIDTH, _HEIGHT)
        self.current = ""
        self._all: list[Board] = []
        self._plugged_in: set[str] = set()
        self._model = _Boards(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Row(self))
        more = QPushButton("All facts, and boards of your own…")
        more.setProperty("role", "link")
        more.setObjectName("board_facts")
        more.clicked.connect(self._want_facts)
        self.column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def load(self, current: str) -> None:
        """Read the boards and see which of them are plugged in."""
        from workbench.capture.ports import list_ports

        self.current = current
        self._plugged_in = {port.board_id for port in list_ports() if port.board_id}
        self._all = sorted_boards(load_boards(), self._plugged_in)

    def boards(self) -> list[Board]:
        """The boards on show, from top to bottom."""
        return [self._model.index(row, 0).data(_BOARD) for row in range(self._model.rowCount())]

    def filter(self, text: str) -> None:
        self._model.fill([board for board in self._all if matches(board, text)], self._plugged_in)
        shown = [board.id for board in self.boards()]
        self.select_row(shown.index(self.current) if self.current in shown else 0)

    def take(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            board: Board = index.data(_BOARD)
            self.close()
            self.chosen.emit(board.id)

    def _want_facts(self) -> None:
        self.close()
        self.facts_wanted.emit()
