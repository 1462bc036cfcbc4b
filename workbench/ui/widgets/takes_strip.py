"""The last takes as a strip of thumbnails, the newest at the left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.quantities import duration
from workbench.ui import theme
from workbench.ui.widgets.lane_headers import trace_colour
from workbench.ui.widgets.plot_arithmetic import envelope

Index = QModelIndex | QPersistentModelIndex
_WIDTH, _HEIGHT = 144, 92  # px
_COLUMNS = 64
_MOST_TRACES = 3
_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Thumbnail:
    """The envelope of a take's first channels, each in 0..1: (columns, channels)."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]


def thumbnail(samples: NDArray[np.float32]) -> Thumbnail:
    """The picture of ``samples`` (n, channels)."""
    low, high = envelope(samples[:, :_MOST_TRACES], _COLUMNS)
    if not len(low):
        return Thumbnail(low, high)
    bottom, top = low.min(axis=0), high.max(axis=0)
    span = np.where(top > bottom, top - bottom, 1)
    return Thumbnail((low - bottom) / span, (high - bottom) / span)


@dataclass(frozen=True)
class TakeCard:
    """One take of the strip."""

    id: int
    name: str
    label: str
    seconds: float | None  # None for a picture
    picture: Thumbnail | QImage

    @property
    def length(self) -> str:
        """How long it is in words, "" for a picture."""
        return "" if self.seconds is None else duration(self.seconds)


class _Takes(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.cards: list[TakeCard] = []

    def replace(self, cards: Sequence[TakeCard]) -> None:
        self.beginResetModel()
        self.cards = list(cards)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card = self.cards[index.row()]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return " · ".join(part for part in (card.name, card.label or "no label", card.length) if part)
        return card if role == _ROLE else None


class _Card(QStyledItemDelegate):
    """Draws one take."""

    def __init__(self) -> None:
        super().__init__()
        self.colours: Mapping[str, QColor] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(_WIDTH, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: TakeCard = index.data(_ROLE)
        now = theme.now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(0.5, 2.5, -theme.GRID + 0.5, -2.5)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(QColor(now.accent if chosen else now.line), 1))
        painter.setBrush(QColor(now.panel))
        painter.drawRoundedRect(area, theme.CORNER, theme.CORNER)
        if isinstance(card.picture, QImage):
            _paint_image(painter, area.adjusted(8, 6, -8, -28), card.picture)
        else:
            _paint_thumbnail(painter, area.adjusted(8, 6, -8, -28), card.picture)
        colour = QColor(self.colours.get(card.label, QColor(now.muted)))
        line = QRectF(area.left() + 8, area.bottom() - 24, area.width() - 16, 20)
        painter.setPen(QPen(theme.outline_of(colour), 1))
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(line.left(), line.center().y() - 4, 8, 8), 2, 2)
        seconds = card.length
        metrics = painter.fontMetrics()
        painter.setPen(QColor(now.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, seconds)
        painter.setPen(QColor(now.text))
        words = line.adjusted(14, 0, -metrics.horizontalAdvance(seconds) - 8, 0)
        text = metrics.elidedText(card.label or "no label", Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


def _paint_thumbnail(painter: QPainter, area: QRectF, picture: Thumbnail) -> None:
    if not len(picture.low):
        return
    xs = np.linspace(area.left(), area.right(), len(picture.low)).tolist()
    height = area.height() / picture.low.shape[1]
    for channel in range(picture.low.shape[1]):
        bottom = area.top() + (channel + 1) * height - 1
        upper = [bottom - y * (height - 2) for y in picture.high[:, channel].tolist()]
        lower = [bottom - y * (height - 2) for y in picture.low[:, channel].tolist()]
        points = [QPointF(x, y) for x, top, bottom in zip(xs, upper, lower, strict=True) for y in (top, bottom)]
        painter.setPen(QPen(trace_colour(channel), 1))
        painter.drawPolyline(QPolygonF(points))


def _paint_image(painter: QPainter, area: QRectF, image: QImage) -> None:
    scale = min(area.width() / image.width(), area.height() / image.height())
    width, height = image.width() * scale, image.height() * scale
    painter.drawImage(QRectF(area.center().x() - width / 2, area.top(), width, height), image)


class TakesStrip(QListView):
    """Opening a take (double click, Enter) is told; Delete asks to remove it."""

    opened = Signal(int)
    removal_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._takes = _Takes()
        self._card = _Card()
        self.setModel(self._takes)
        self.setItemDelegate(self._card)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setProperty("role", "plain")
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_HEIGHT + 12)
        self.setAccessibleName("Last takes")
        self.doubleClicked.connect(self._open)

    def set_takes(self, cards: Sequence[TakeCard], colours: Mapping[str, QColor]) -> None:
        """Show these, the newest first."""
        self._card.colours = colours
        self._takes.replace(cards)

    @property
    def cards(self) -> list[TakeCard]:
        """What is shown."""
        return list(self._takes.cards)

    def _open(self, index: Index) -> None:
        self.opened.emit(index.data(_ROLE).id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(index)
        elif index.isValid() and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_asked.emit(index.data(_ROLE).id)
        else:
            super().keyPressEvent(event)
