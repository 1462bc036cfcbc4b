"""A frame of the arena picture, kept: shown again while nothing changes, and moved with the view until the next one."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.widgets.arena_picture import ArenaDrawing, ArenaPicture
from workbench.ui.widgets.span import Span


@dataclass(frozen=True)
class Frame:
    """A picture as pixels: of which drawing, which part in view, and the seconds it took to draw."""

    pixels: QPixmap
    seconds: float
    drawing: ArenaDrawing
    steps: Span
    bytes: Span
    box: QRectF
    looks: tuple[object, ...]

    @classmethod
    def drawn(cls, picture: ArenaPicture, widget: QWidget) -> Frame:
        """Draw a picture at a widget's size and resolution."""
        start = time.perf_counter()
        pixels = QPixmap(widget.size() * widget.devicePixelRatio())
        pixels.setDevicePixelRatio(widget.devicePixelRatio())
        pixels.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixels)
        picture.paint(painter)
        painter.end()
        return cls(
            pixels,
            time.perf_counter() - start,
            picture.drawing,
            picture.steps,
            picture.bytes,
            QRectF(picture.box),
            _looks(picture, widget),
        )

    def suits(self, picture: ArenaPicture, widget: QWidget) -> bool:
        """Whether it shows that picture, perhaps another part of it."""
        return self.drawing is picture.drawing and self.looks == _looks(picture, widget)

    def moved(self, picture: ArenaPicture) -> bool:
        """Whether the picture's part in view is another by now."""
        return (self.steps, self.bytes) != (picture.steps, picture.bytes)

    def show(self, painter: QPainter, picture: ArenaPicture) -> None:
        """Show it, its blocks where they belong in the part that is in view now."""
        if not self.moved(picture):
            painter.drawPixmap(0, 0, self.pixels)
            return
        left, right = picture.x(self.steps.low), picture.x(self.steps.high)
        top, bottom = picture.y(self.bytes.high), picture.y(self.bytes.low)
        scale = self.pixels.devicePixelRatio()
        source = QRectF(self.box.topLeft() * scale, self.box.size() * scale)
        painter.fillRect(picture.box, QColor(theme.now().panel))
        picture.paint_axes(painter)
        painter.save()
        painter.setClipRect(picture.box)
        painter.drawPixmap(QRectF(left, top, right - left, bottom - top), self.pixels, source)
        painter.restore()


def _looks(picture: ArenaPicture, widget: QWidget) -> tuple[object, ...]:
    """All that a frame depends on beside the drawing and the part in view."""
    size, ratio, font = widget.size().toTuple(), widget.devicePixelRatio(), picture.font.key()
    return size, ratio, font, theme.now(), picture.lit, picture.step
