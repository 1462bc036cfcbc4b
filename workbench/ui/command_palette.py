"""The command palette: type a few letters of what you want to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeySequence, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.widgets.popup import SearchPopup, paint_row

_WIDTH, _ROW = 560, 32  # px
_MOST_ROWS = 11
_ACTION = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


def rank(title: str, text: str) -> int | None:
    """How well ``text`` fits a title (0 is best), None when it does not: words first, then letters in order."""
    title, text = title.casefold(), text.casefold().strip()
    if not text:
        return 0
    if title.startswith(text):
        return 0
    if any(word.startswith(text) for word in title.split()):
        return 1
    if all(word in title for word in text.split()):
        return 2
    letters = iter(title)
    return 3 if all(letter in letters for letter in text if letter != " ") else None


def best_first(actions: Sequence[Action], text: str) -> list[Action]:
    """The actions that fit ``text``, those that can be done now before the others."""
    ranked = [(rank(action.shown_title, text), action) for action in actions]
    fitting = [(not action.enabled(), place, action) for place, action in ranked if place is not None]
    return [action for _, _, action in sorted(fitting, key=lambda entry: entry[:2])]


class _Actions(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions: list[Action] = []

    def fill(self, actions: list[Action]) -> None:
        self.beginResetModel()
        self._actions = actions
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._actions)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        action = self._actions[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return action.shown_title
        if role == Qt.ItemDataRole.ToolTipRole:
            return action.tip
        return action if role == _ACTION else None


class _Row(QStyledItemDelegate):
    """The title at the left, what it does after it, the shortcut at the right."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        style: Any = option  # PySide's stubs leave the public fields of a style option out
        tokens = theme.now()
        action: Action = index.data(_ACTION)
        painter.save()
        box = paint_row(painter, style)
        inner = box.adjusted(10, 0, -10, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        small = theme.scaled_font(style.font, 0.9)
        title_width = QFontMetrics(style.font).horizontalAdvance(action.shown_title)
        painter.setFont(style.font)
        painter.setPen(QColor(tokens.text if action.enabled() else tokens.muted))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | middle, action.shown_title)
        painter.setFont(small)
        painter.setPen(QColor(tokens.muted))
        keys = QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        keys_width = QFontMetrics(small).horizontalAdvance(keys)
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | middle, keys)
        room = inner.adjusted(title_width + 16, 0, -keys_width - 16, 0)
        tip = QFontMetrics(small).elidedText(action.tip, Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, tip)
        painter.restore()


class CommandPalette(SearchPopup):
    """Everything one can do, found by typing."""

    def __init__(self, parent: QWidget, actions: Callable[[], Sequence[Action]]) -> None:
        super().__init__(parent, "What do you want to do?")
        self.setObjectName("command_palette")
        self._source = actions
        self._actions: Sequence[Action] = ()
        self._model = _Actions(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Row(self))

    def open_over(self, window: QWidget) -> None:
        """Show the palette in the upper middle of the window."""
        self._actions = self._source()
        width = min(_WIDTH, window.width() - 32)
        self.setFixedWidth(width)
        self.open_at(window.mapToGlobal(QPoint((window.width() - width) // 2, 56)))

    def titles(self) -> list[str]:
        """The titles on show, the best fit first."""
        return [self._model.index(row, 0).data() for row in range(self._model.rowCount())]

    def filter(self, text: str) -> None:
        self._model.fill(best_first(self._actions, text))
        self.list.setFixedHeight(_ROW * min(_MOST_ROWS, max(1, self._model.rowCount())))
        self.adjustSize()
        self.select_row(0)

    def take(self) -> None:
        index = self.list.currentIndex()
        if not index.isValid():
            return
        action: Action = index.data(_ACTION)
        if action.enabled():
            self.close()
            action.callback()
