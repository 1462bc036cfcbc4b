"""A panel that opens over the window and closes when one clicks beside it or presses Esc: search on top, list below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QStyle, QVBoxLayout, QWidget

from workbench.ui import theme

_LIST_KEYS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class SearchPopup(QFrame):
    """A line to search with and a list to choose from: arrows move in the list while one types."""

    def __init__(self, parent: QWidget, placeholder: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setProperty("role", "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        self.column.setSpacing(theme.GRID)
        self.search = QLineEdit()
        self.search.setPlaceholderText(placeholder)
        self.search.installEventFilter(self)
        self.column.addWidget(self.search)
        self.list = QListView()
        self.list.setProperty("role", "plain")
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda _index: self.take())
        self.column.addWidget(self.list, 1)
        self.search.textChanged.connect(self.filter)
        self.search.returnPressed.connect(self.take)

    def open_at(self, corner: QPoint) -> None:
        """Show the panel with its top left corner there (global coordinates), the search line ready."""
        self.search.clear()
        self.filter("")
        self.move(corner)
        self.show()
        self.search.setFocus()

    def filter(self, text: str) -> None:
        """Show what matches ``text``."""
        raise NotImplementedError

    def take(self) -> None:
        """Do what the current row stands for."""
        raise NotImplementedError

    def select_row(self, row: int) -> None:
        """Make a row the current one."""
        model = self.list.model()
        if model is not None and 0 <= row < model.rowCount():
            self.list.setCurrentIndex(model.index(row, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                self.list.keyPressEvent(event)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
        return super().eventFilter(watched, event)


def paint_row(painter: QPainter, style: Any) -> QRectF:
    """Paint the ground of a row, lit when it is chosen or under the mouse; the rectangle its contents lie in.

    ``style`` is a QStyleOptionViewItem: PySide's stubs leave its public fields out.
    """
    tokens = theme.now()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(style.rect).adjusted(2, 1, -2, -1)
    if style.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
        chosen = bool(style.state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.selected if chosen else tokens.hover))
        painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
    return box
