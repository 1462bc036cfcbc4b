"""Pictures as a grid of thumbnails with their labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.ui import theme

Index = QModelIndex | QPersistentModelIndex
_SIDE = 88  # px, the picture's
_CAPTION = 22
_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class GridPicture:
    """One picture of the grid."""

    id: int
    name: str
    label: str


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """``pixels`` (height, width, 1 or 3) as an image that owns its bytes."""
    height, width, colours = pixels.shape
    kind = QImage.Format.Format_Grayscale8 if colours == 1 else QImage.Format.Format_RGB888
    flat = np.ascontiguousarray(pixels[:, :, :3] if colours != 1 else pixels)
    return QImage(flat.tobytes(), width, height, width * flat.shape[2], kind).copy()


class _Pictures(QAbstractListModel):
    """Loads a picture when it is first drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[GridPicture] = []
        self.load: Callable[[int], QImage | None] = lambda _id: None
        self._images: dict[int, QImage | None] = {}

    def replace(self, items: Sequence[GridPicture]) -> None:
        """Show other pictures; those already loaded stay loaded."""
        self.beginResetModel()
        self.items = list(items)
        kept = {item.id for item in items}
        self._images = {key: image for key, image in self._images.items() if key in kept}
        self.endResetModel()

    def forget(self) -> None:
        """Another project: nothing that was loaded holds any more."""
        self._images = {}

    def image(self, picture_id: int) -> QImage | None:
        """The picture, loaded once."""
        if picture_id not in self._images:
            self._images[picture_id] = self.load(picture_id)
        return self._images[picture_id]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{item.name} · {item.label or 'no label'}"
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        return item if role == _ROLE else None


class _Tile(QStyledItemDelegate):
    """Draws one thumbnail with its label below."""

    def __init__(self, pictures: _Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self.colours: Mapping[str, QColor] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(_SIDE + 16, _SIDE + _CAPTION + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: GridPicture = index.data(_ROLE)
        now = theme.now()
        state = option.state
        area = QRectF(option.rect).adjusted(3, 3, -3, -3)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(now.accent), 1.5))
            painter.setBrush(QColor(now.selected))
            painter.drawRoundedRect(area, theme.CORNER, theme.CORNER)
        image = self._pictures.image(item.id)
        if image is not None:
            scale = min(_SIDE / image.width(), _SIDE / image.height())
            width, height = image.width() * scale, image.height() * scale
            place = QRectF(area.center().x() - width / 2, area.top() + 4 + (_SIDE - height) / 2, width, height)
            # Small pictures are shown pixel by pixel, as the model sees them.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
            painter.drawImage(place, image)
        colour = QColor(self.colours.get(item.label, QColor(now.muted)))
        caption = QRectF(area.left() + 6, area.bottom() - _CAPTION, area.width() - 12, _CAPTION)
        painter.setPen(QPen(theme.outline_of(colour), 1))
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(caption.left(), caption.center().y() - 4, 8, 8), 2, 2)
        painter.setPen(QColor(now.text if item.label else now.muted))
        words = caption.adjusted(14, 0, 0, 0)
        text = painter.fontMetrics().elidedText(
            item.label or "no label", Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class PictureGrid(QListView):
    """Chosen pictures are told; number keys and Delete act on them while the grid has the focus."""

    selection_changed = Signal(object)  # list of ids
    label_key = Signal(int)  # 0 for the key 1
    removal_asked = Signal(object)  # list of ids

    def __init__(self, load: Callable[[int], QImage | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = _Pictures()
        self._pictures.load = load
        self._tile = _Tile(self._pictures)
        self.setModel(self._pictures)
        self.setItemDelegate(self._tile)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Pictures")
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit(self.selected()))

    def set_pictures(self, pictures: Sequence[GridPicture], colours: Mapping[str, QColor], *, fresh: bool) -> None:
        """Show these; ``fresh`` says that they are another project's."""
        kept = set() if fresh else set(self.selected())
        if fresh:
            self._pictures.forget()
        self._tile.colours = colours
        self._pictures.replace(pictures)
        for row, picture in enumerate(pictures):
            if picture.id in kept:
                flag = self.selectionModel().SelectionFlag.Select
                self.selectionModel().select(self._pictures.index(row, 0), flag)

    def choose(self, picture_id: int) -> None:
        """Select one picture alone, and bring it into view."""
        for row, picture in enumerate(self._pictures.items):
            if picture.id == picture_id:
                self.setCurrentIndex(self._pictures.index(row, 0))
                self.scrollTo(self.currentIndex())

    def selected(self) -> list[int]:
        """The ids of the selected pictures."""
        return [index.data(_ROLE).id for index in self.selectionModel().selectedIndexes()]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
            self.label_key.emit(event.key() - Qt.Key.Key_1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected():
            self.removal_asked.emit(self.selected())
        else:
            super().keyPressEvent(event)
