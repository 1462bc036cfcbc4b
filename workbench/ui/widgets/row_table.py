"""A table of plain objects: a column is a title and a function from a row to its text."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSignalBlocker,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTableView, QWidget

from workbench.ui import theme

Index = QModelIndex | QPersistentModelIndex
_SORT_ROLE = Qt.ItemDataRole.UserRole
_ROW_HEIGHT = 28  # px
_CHIP = 16  # px
_LEAST_STRETCHED = 72  # px that a stretched column keeps
_MEASURED_ROWS = 3  # the longest texts of a column decide how wide it is


@functools.cache
def _chip(fill: int, outline: int) -> QIcon:
    """A rounded square; drawn the same in a selected row, where Qt would mix it with the selection's colour."""
    pixmap = QPixmap(2 * _CHIP, 2 * _CHIP)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor.fromRgba(outline))
    painter.setBrush(QColor.fromRgba(fill))
    painter.drawRoundedRect(QRectF(1.5, 1.5, _CHIP - 3, _CHIP - 3), 3, 3)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


@dataclass(frozen=True)
class Column:
    """One column: what it shows of a row, how it sorts, and what an edit does.

    ``chip`` is a colour shown before the text. ``edit`` is called with the row and the new text; what the
    table shows changes only when it is given new rows.
    """

    title: str
    text: Callable[[Any], str]
    sort: Callable[[Any], Any] | None = None
    numeric: bool = False
    tip: Callable[[Any], str] | None = None
    chip: Callable[[Any], QColor | None] | None = None
    edit: Callable[[Any, str], None] | None = None
    stretch: bool = False


class _RowModel(QAbstractTableModel):
    """The rows as Qt asks for them."""

    def __init__(self, columns: Sequence[Column], strong: Callable[[Any], bool]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: list[Any] = []
        self._strong = strong

    def replace(self, rows: Sequence[Any], columns: Sequence[Column] | None = None) -> None:
        """Show other rows, and other columns of them."""
        self.beginResetModel()
        self.rows = list(rows)
        if columns is not None:
            self.columns = tuple(columns)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column, row = self.columns[index.column()], self.rows[index.row()]
        shown: Any = None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                shown = column.text(row)
            case Qt.ItemDataRole.ToolTipRole:
                shown = column.tip(row) if column.tip else None
            case Qt.ItemDataRole.DecorationRole:
                colour = column.chip(row) if column.chip else None
                shown = _chip(colour.rgba(), theme.outline_of(colour).rgba()) if colour is not None else None
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
                shown = side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole:
                shown = QColor(theme.now().accent) if self._strong(row) else None
            case _ if role == _SORT_ROLE:
                shown = (column.sort or column.text)(row)
        return shown

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return usual | Qt.ItemFlag.ItemIsEditable if self.columns[index.column()].edit else usual

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        column, row = self.columns[index.column()], self.rows[index.row()]
        text = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or column.edit is None or text == column.text(row):
            return False
        column.edit(row, text)
        return True


class _Order(QSortFilterProxyModel):
    """Sorts by the columns' keys; hides rows in which no column contains the filter."""

    def __init__(self, model: _RowModel) -> None:
        super().__init__()
        self._model = model
        self._words: list[str] = []
        self.setSourceModel(model)
        self.setSortRole(_SORT_ROLE)

    def set_words(self, text: str) -> None:
        """Show rows that contain every word of ``text`` in some column."""
        self._words = text.casefold().split()
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        if not self._words:
            return True
        row = self._model.rows[source_row]
        everything = " ".join(column.text(row) for column in self._model.columns).casefold()
        return all(word in everything for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:
        one, other = left.data(_SORT_ROLE), right.data(_SORT_ROLE)
        if one is None or other is None:
            return other is not None
        return bool(one < other)


class RowTable(QTableView):
    """Shows rows that are told apart by ``key``; the selection survives new rows."""

    chosen = Signal(object)  # the key of the current row
    opened = Signal(object)  # the key of a row that was double-clicked or entered
    removal_asked = Signal(object)  # list of keys
    selection_settled = Signal()  # `selected` may give other keys now, whoever changed them

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        key: Callable[[Any], Hashable],
        strong: Callable[[Any], bool] | None = None,
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._key = key
        self._model = _RowModel(columns, strong or (lambda _row: False))
        self._order = _Order(self._model)
        self.setModel(self._order)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if many else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._measure()
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # the order they come in, until a header is clicked
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_settled.emit())
        self.doubleClicked.connect(lambda index: self.opened.emit(self._key_at(index)))
        theme.appearance().changed.connect(self.viewport().update)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns, of no rows yet."""
        self._model.replace([], columns)
        self._measure()

    def _measure(self) -> None:
        """How wide each column wants to be. Qt would measure every row, at every change of the table's size."""
        header = self.horizontalHeader()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        self._wanted = []
        for number, column in enumerate(self._model.columns):
            lengths = [len(column.text(row)) for row in self._model.rows]
            longest = sorted(range(len(lengths)), key=lengths.__getitem__)[-_MEASURED_ROWS:]
            cells = [self._model.index(row, number) for row in longest]
            widths = [self.itemDelegate().sizeHint(option, cell).width() for cell in cells]
            self._wanted.append(max([header.sectionSizeHint(number), *widths]))

    def _give_room(self) -> None:
        """Columns that stretch share what the others leave, and stay readable: where that is too little one scrolls."""
        header = self.horizontalHeader()
        stretched = [number for number, column in enumerate(self._model.columns) if column.stretch]
        left = self.viewport().width() - sum(w for n, w in enumerate(self._wanted) if n not in stretched)
        for number, width in enumerate(self._wanted):
            share = left // len(stretched) if number in stretched else width
            header.resizeSection(number, max(share, _LEAST_STRETCHED) if number in stretched else width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_room()

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows; what was selected stays selected, and nothing is told."""
        kept, current = set(self.selected()), self.current()
        with QSignalBlocker(self.selectionModel()):
            self._model.replace(rows)
        for row in range(self._order.rowCount()):
            index = self._order.index(row, 0)
            key = self._key_at(index)
            flag = QItemSelectionModel.SelectionFlag
            if key == current:
                with QSignalBlocker(self.selectionModel()):
                    self.selectionModel().setCurrentIndex(index, flag.NoUpdate)
            if key in kept:
                with QSignalBlocker(self.selectionModel()):
                    self.selectionModel().select(index, flag.Select | flag.Rows)
        self._settle()
        self._measure()
        self._give_room()

    @property
    def rows(self) -> list[Any]:
        """All rows, those hidden by the filter included, in the order they were given."""
        return list(self._model.rows)

    @property
    def shown_count(self) -> int:
        """How many rows the filter lets through."""
        return self._order.rowCount()

    def set_filter(self, text: str) -> None:
        """Show only rows that contain every word."""
        self._order.set_words(text)

    def current(self) -> Hashable | None:
        """The key of the current row."""
        return self._key_at(self.currentIndex())

    def selected(self) -> list[Hashable]:
        """The keys of the selected rows."""
        keys = [self._key_at(index) for index in self.selectionModel().selectedRows()]
        return [key for key in keys if key is not None]

    def choose(self, key: Hashable | None, *, tell: bool = False) -> None:
        """Make this the current row; ``tell`` emits ``chosen``."""
        index = self.index_of(key)
        blocker = None if tell else QSignalBlocker(self.selectionModel())
        if index.isValid():
            flag = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
            self.scrollTo(index)
        else:
            self.selectionModel().clear()
        del blocker
        self._settle()

    def _settle(self) -> None:
        self.viewport().update()
        self.selection_settled.emit()

    def index_of(self, key: Hashable | None, column: int = 0) -> QModelIndex:
        """Where a row is shown; invalid when it is not."""
        for row in range(self._order.rowCount()):
            index = self._order.index(row, column)
            if key is not None and self._key_at(index) == key:
                return index
        return QModelIndex()

    def _key_at(self, index: Index) -> Hashable | None:
        source = self._order.mapToSource(index)
        return self._key(self._model.rows[source.row()]) if source.isValid() else None

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self._key_at(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected():
            self.removal_asked.emit(self.selected())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.current())
        else:
            super().keyPressEvent(event)
