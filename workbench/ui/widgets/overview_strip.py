"""The whole recording in one strip, with the stretch in view as a frame that can be dragged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.widgets.plot_arithmetic import envelope
from workbench.ui.widgets.trace_plot import Band

_HEIGHT = 48  # px
_COLUMNS = 2048  # kept of a recording; no screen shows more


class OverviewStrip(QWidget):
    """An envelope of all channels over the whole time, tinted where segments lie."""

    view_asked = Signal(float, float)  # seconds

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("The whole recording. Drag the frame, or click where to look.")
        self._low = np.empty(0, np.float32)
        self._high = np.empty(0, np.float32)
        self._seconds = 0.0
        self._view = (0.0, 0.0)
        self._bands: tuple[Band, ...] = ()
        self._picture: tuple[tuple[int, str, float], QPixmap] | None = None
        self._held_at: float | None = None  # seconds from the frame's start

    def set_samples(self, samples: NDArray[np.float32], seconds: float) -> None:
        """Show ``samples`` (n, channels) that last ``seconds``; each channel is scaled to its own range."""
        self._seconds = seconds
        self._picture = None
        low, high = envelope(samples, _COLUMNS)
        if len(low):
            bottom, top = low.min(axis=0), high.max(axis=0)
            span = np.where(top > bottom, top - bottom, 1)
            self._low = ((low - bottom) / span).min(axis=1)
            self._high = ((high - bottom) / span).max(axis=1)
        else:
            self._low = self._high = np.empty(0, np.float32)
        self.update()

    def set_view(self, start: float, stop: float) -> None:
        """The stretch in view, in seconds."""
        self._view = (start, stop)
        self.update()

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Tint these stretches."""
        self._bands = tuple(bands)
        self.update()

    def _pixel_of(self, seconds: float) -> float:
        return seconds / self._seconds * self.width() if self._seconds else 0.0

    def _seconds_at(self, x: float) -> float:
        return x / max(1, self.width()) * self._seconds

    def mousePressEvent(self, event: QMouseEvent) -> None:
        start, stop = self._view
        at = self._seconds_at(event.position().x())
        self._held_at = at - start if start <= at <= stop else (stop - start) / 2
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held_at is None:
            return
        length = self._view[1] - self._view[0]
        start = self._seconds_at(event.position().x()) - self._held_at
        start = min(max(start, 0.0), max(0.0, self._seconds - length))
        self.view_asked.emit(start, start + length)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held_at = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.view_asked.emit(0.0, self._seconds)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.now()
        painter.fillRect(self.rect(), QColor(now.panel))
        if not len(self._low):
            return
        height = self.height()
        painter.drawPixmap(0, 0, self._drawn())
        for band in self._bands:
            left, right = self._pixel_of(band.start), self._pixel_of(band.stop)
            painter.fillRect(QRectF(left, height - 5, max(1.0, right - left), 5), band.colour)
        left, right = self._pixel_of(self._view[0]), self._pixel_of(self._view[1])
        if right - left < self.width() - 1:
            shade = QColor(now.window)
            shade.setAlphaF(0.65)
            painter.fillRect(QRectF(0, 0, left, height), shade)
            painter.fillRect(QRectF(right, 0, self.width() - right, height), shade)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(now.accent), 1))
        painter.drawRect(QRectF(left + 0.5, 0.5, max(2.0, right - left - 1), height - 1))

    def _drawn(self) -> QPixmap:
        """The envelope as a picture, drawn once: panning repaints the strip dozens of times a second."""
        now, ratio = theme.now(), self.devicePixelRatioF()
        key = (self.width(), now.name, ratio)
        if self._picture is not None and self._picture[0] == key:
            return self._picture[1]
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        room = self.height() - 14
        xs = np.linspace(0, self.width(), len(self._low)).tolist()
        upper = [QPointF(x, 4 + (1 - y) * room) for x, y in zip(xs, self._high.tolist(), strict=True)]
        lower = [QPointF(x, 5 + (1 - y) * room) for x, y in zip(xs, self._low.tolist(), strict=True)]
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.mixed(now.panel, now.muted, 0.75)))
        painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))
        painter.end()
        self._picture = (key, picture)
        return picture
