"""An array drawn as what it is: channels as traces, statistics as a table of numbers, pixels as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.quantities import THIN_SPACE
from workbench.ui import theme
from workbench.ui.widgets.lane_headers import trace_colour
from workbench.ui.widgets.plot_arithmetic import envelope, lane_ranges, number, round_ticks

_AXIS = 20.0  # px
_NAMES = 52.0  # px


@dataclass(frozen=True)
class Traces:
    """``values`` (n, channels) over an axis from ``low`` to ``high`` in ``unit``."""

    values: NDArray[np.float32]
    names: tuple[str, ...]
    units: tuple[str, ...]
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class Table:
    """``values`` (rows, columns); ``spread`` is what one shade stands for, per column or for all."""

    values: NDArray[np.float32]
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Pixels:
    """A picture, with the values that are black and white."""

    image: QImage


Drawing = Traces | Table | Pixels


class ArrayPicture(QWidget):
    """Draws one of them, or says why there is nothing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing: Drawing | None = None
        self._why = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(260, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 120)

    @property
    def drawing(self) -> Drawing | None:
        """What is drawn."""
        return self._drawing

    def show_drawing(self, drawing: Drawing | None, why_not: str = "") -> None:
        """Draw this, or the reason why there is nothing."""
        self._drawing, self._why = drawing, why_not
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.scaled_font(self.font(), 0.85))
        drawing = self._drawing
        if isinstance(drawing, Traces):
            self._paint_traces(painter, drawing)
        elif isinstance(drawing, Table):
            self._paint_table(painter, drawing)
        elif isinstance(drawing, Pixels):
            self._paint_pixels(painter, drawing)
        else:
            painter.setPen(QColor(theme.now().muted))
            words = self.rect().adjusted(8, 8, -8, -8)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._why)

    def _paint_traces(self, painter: QPainter, traces: Traces) -> None:
        now, metrics = theme.now(), painter.fontMetrics()
        values = np.nan_to_num(traces.values)
        channels = values.shape[1]
        area = QRectF(_NAMES, 0, self.width() - _NAMES - 1, self.height() - _AXIS)
        for tick in round_ticks(traces.low, traces.high, max(2, int(area.width() / 64))):
            x = area.left() + (tick - traces.low) / ((traces.high - traces.low) or 1) * area.width()
            painter.setPen(QPen(QColor(theme.mixed(now.panel, now.line, 0.6)), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(QColor(now.muted))
            width = metrics.horizontalAdvance(number(tick))
            left = min(max(x - width / 2, area.left()), area.right() - width)
            painter.drawText(
                QRectF(left, area.bottom() + 3, width + 1, _AXIS - 3),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop,
                number(tick),
            )
        painter.drawText(
            QRectF(0, area.bottom() + 3, _NAMES - 6, _AXIS - 3),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop,
            traces.unit,
        )
        low, high = envelope(values, max(16, int(area.width())))
        ranges = lane_ranges(values.min(axis=0), values.max(axis=0), traces.units)
        xs = np.linspace(area.left(), area.right(), len(low)).tolist()
        height = area.height() / channels
        for channel in range(channels):
            top = area.top() + channel * height
            bottom_value, top_value = ranges[channel]
            scale = (height - 6) / (top_value - bottom_value)
            points = []
            pair = zip(xs, low[:, channel].tolist(), high[:, channel].tolist(), strict=True)
            for x, lowest, highest in pair:
                points.append(QPointF(x, top + 3 + (top_value - highest) * scale))
                if highest != lowest:
                    points.append(QPointF(x, top + 3 + (top_value - lowest) * scale))
            painter.setPen(QPen(trace_colour(channel), 1.3))
            painter.drawPolyline(QPolygonF(points))
            painter.setPen(QColor(now.muted))
            if height >= metrics.height() * 0.8:
                name = metrics.elidedText(traces.names[channel], Qt.TextElideMode.ElideRight, int(_NAMES - 8))
                painter.drawText(QRectF(0, top, _NAMES - 8, height), Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(QPen(QColor(now.line), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _paint_table(self, painter: QPainter, table: Table) -> None:
        now, metrics = theme.now(), painter.fontMetrics()
        rows, columns = table.values.shape
        head = metrics.height() * 2 + 6.0
        area = QRectF(_NAMES, head, self.width() - _NAMES - 1, self.height() - head - 1)
        width, height = area.width() / columns, min(34.0, area.height() / rows)
        strongest = np.abs(table.values).max(axis=0)
        painter.setPen(QColor(now.muted))
        for column, name in enumerate(table.columns):
            slot = QRectF(area.left() + column * width, 0, width, head - 4)
            painter.drawText(
                slot, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap, name
            )
        for row, name in enumerate(table.rows):
            top = area.top() + row * height
            painter.setPen(QColor(now.muted))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(_NAMES - 8))
            painter.drawText(QRectF(0, top, _NAMES - 8, height), Qt.AlignmentFlag.AlignVCenter, shown)
            for column in range(columns):
                value = float(table.values[row, column])
                share = abs(value) / float(strongest[column] or 1.0)
                hue = now.accent if value >= 0 else now.warn
                cell = QRectF(area.left() + column * width + 1, top + 1, width - 2, height - 2)
                fill = QColor(theme.mixed(now.panel, hue, 0.55 * min(1.0, share)))
                painter.fillRect(cell, fill)
                text = f"{value:.2g}"
                if metrics.horizontalAdvance(text) <= cell.width() - 2 and height >= metrics.height():
                    painter.setPen(theme.text_on(fill))
                    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_pixels(self, painter: QPainter, pixels: Pixels) -> None:
        image = pixels.image
        scale = min(self.width() / image.width(), self.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        painter.drawImage(QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height), image)


def shape_in_words(shape: Sequence[int]) -> str:
    """``150 × 6 = 900 values``."""
    sides = f"{THIN_SPACE}×{THIN_SPACE}".join(str(side) for side in shape)
    count = int(np.prod(shape))
    return f"{sides} = {count:,} values" if len(shape) > 1 else f"{count:,} values"
