"""A small chart that paints itself: two axes with round ticks, and whatever a subclass draws between them.

For fixed views of at most some thousand points; recordings, which are zoomed into, use ``trace_plot``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme
from workbench.ui.widgets.plot_arithmetic import number, round_ticks

_TICK_ROOM = 44.0  # px a tick's number needs on either side
_TICKS_APART = 40.0  # px between ticks upwards


def _steps(length: float, apart: float) -> int:
    return max(2, int(length / apart))


@dataclass(frozen=True)
class Axis:
    """What an axis is called, from where to where it goes, and how a number on it reads.

    ``whole``: it counts something, and there is nothing between two numbers.
    """

    title: str
    low: float = 0.0
    high: float = 1.0
    text: Callable[[float], str] = number
    whole: bool = False

    @property
    def span(self) -> float:
        return (self.high - self.low) or 1.0

    def ticks(self, steps: int) -> list[float]:
        """Where it has a number: about ``steps`` round ones."""
        found = round_ticks(self.low, self.high, steps)
        return [tick for tick in found if tick == round(tick)] if self.whole else found


class Chart(QWidget):
    """Axes, grid and the mapping from values to pixels; subclasses override ``paint_data``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.x_axis = Axis("")
        self.y_axis = Axis("")
        self.empty_text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(360, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 120)

    def set_axes(self, x_axis: Axis, y_axis: Axis) -> None:
        """Another range or another meaning of the axes."""
        self.x_axis, self.y_axis = x_axis, y_axis
        self.update()

    @property
    def area(self) -> QRectF:
        """Where the data are drawn."""
        metrics = self.fontMetrics()
        top = metrics.height() + 8.0 if self.y_axis.title else 8.0
        bottom = metrics.height() + 8.0 + (metrics.height() + 2.0 if self.x_axis.title else 0.0)
        height = max(8.0, self.height() - top - bottom)
        ticks = self.y_axis.ticks(_steps(height, _TICKS_APART))
        left = max((metrics.horizontalAdvance(self.y_axis.text(tick)) for tick in ticks), default=20) + 10.0
        return QRectF(left, top, max(8.0, self.width() - left - 12), height)

    def at(self, x: float, y: float) -> QPointF:
        """The pixel of a point."""
        area = self.area
        return QPointF(
            area.left() + (x - self.x_axis.low) / self.x_axis.span * area.width(),
            area.bottom() - (y - self.y_axis.low) / self.y_axis.span * area.height(),
        )

    def value_at(self, point: QPointF) -> tuple[float, float]:
        """The values under a pixel."""
        area = self.area
        return (
            self.x_axis.low + (point.x() - area.left()) / area.width() * self.x_axis.span,
            self.y_axis.low + (area.bottom() - point.y()) / area.height() * self.y_axis.span,
        )

    def paint_data(self, painter: QPainter) -> None:
        """Draw the data; the painter is clipped to ``area``."""

    def paint_above(self, painter: QPainter) -> None:
        """Draw what may leave ``area``: labels."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.empty_text:
            painter.setPen(QColor(theme.now().muted))
            words = self.rect().adjusted(16, 0, -16, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty_text)
            return
        self._paint_axes(painter)
        painter.save()
        painter.setClipRect(self.area.adjusted(-1, -1, 1, 1))
        self.paint_data(painter)
        painter.restore()
        self.paint_above(painter)

    def _paint_axes(self, painter: QPainter) -> None:
        now = theme.now()
        area, metrics = self.area, self.fontMetrics()
        faint = QPen(QColor(theme.mixed(now.panel, now.line, 0.6)), 1)
        middle = Qt.AlignmentFlag.AlignVCenter
        for tick in self.y_axis.ticks(_steps(area.height(), _TICKS_APART)):
            y = round(self.at(0, tick).y()) + 0.5
            painter.setPen(faint)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(now.muted))
            slot = QRectF(0, y - metrics.height() / 2, area.left() - 6, metrics.height())
            painter.drawText(slot, middle | Qt.AlignmentFlag.AlignRight, self.y_axis.text(tick))
        for tick in self.x_axis.ticks(_steps(area.width(), 2 * _TICK_ROOM)):
            x = round(self.at(tick, 0).x()) + 0.5
            painter.setPen(faint)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(QColor(now.muted))
            slot = QRectF(x - _TICK_ROOM, area.bottom() + 4, 2 * _TICK_ROOM, metrics.height())
            painter.drawText(slot, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, self.x_axis.text(tick))
        painter.setPen(QPen(QColor(now.line), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.bottomLeft())
        painter.setPen(QColor(now.muted))
        if self.y_axis.title:
            painter.drawText(QRectF(4, 0, self.width() - 8, metrics.height() + 2), middle, self.y_axis.title)
        if self.x_axis.title:
            slot = QRectF(area.left(), self.height() - metrics.height() - 2, area.width(), metrics.height())
            painter.drawText(slot, middle | Qt.AlignmentFlag.AlignRight, self.x_axis.title)
