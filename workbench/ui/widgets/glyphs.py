"""The window's own glyphs: line drawings in a box of 20 units, crisp at every size and in every colour."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

BOX = 20.0  # units a glyph is drawn in
_STROKE = 1.6


def paint_glyph(painter: QPainter, name: str, box: QRectF, colour: QColor) -> None:
    """Draw one glyph into ``box``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / BOX, box.height() / BOX)
    pen = QPen(colour, _STROKE)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _GLYPHS[name](painter, colour)
    painter.restore()


def glyph_icon(name: str, colour: QColor, size: int = 16) -> QIcon:
    """A glyph as an icon for a button or a menu, at twice the size for dense screens."""
    pixmap = QPixmap(2 * size, 2 * size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_glyph(painter, name, QRectF(0, 0, 2 * size, 2 * size), colour)
    painter.end()
    pixmap.setDevicePixelRatio(2.0)
    return QIcon(pixmap)


def _line(painter: QPainter, *points: tuple[float, float]) -> None:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    painter.drawPath(path)


def _capture(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QPointF(10, 10), 7, 7)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(10, 10), 2.6, 2.6)


def _label(painter: QPainter, _colour: QColor) -> None:
    painter.drawRoundedRect(QRectF(3, 3.5, 9, 4), 1.2, 1.2)
    painter.drawRoundedRect(QRectF(8, 12.5, 9, 4), 1.2, 1.2)
    _line(painter, (3, 10), (17, 10))


def _features(painter: QPainter, _colour: QColor) -> None:
    steps = 40
    _line(
        painter,
        *((3 + 14 * i / steps, 10 - 5.5 * math.sin(2 * math.pi * i / steps * 1.5)) for i in range(steps + 1)),
    )


def _train(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (3, 3), (3, 17), (17, 17))
    path = QPainterPath(QPointF(5, 14.5))
    path.cubicTo(QPointF(8.5, 14), QPointF(7.5, 5.5), QPointF(17, 4.5))
    painter.drawPath(path)


def _compress(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (10, 2.5), (10, 8), (7.4, 5.6))
    _line(painter, (10, 8), (12.6, 5.6))
    _line(painter, (10, 17.5), (10, 12), (7.4, 14.4))
    _line(painter, (10, 12), (12.6, 14.4))
    _line(painter, (3.5, 10), (16.5, 10))


def _memory(painter: QPainter, colour: QColor) -> None:
    painter.drawRoundedRect(QRectF(3, 3, 14, 14), 1.6, 1.6)
    _line(painter, (3, 8), (17, 8))
    _line(painter, (10, 8), (10, 17))
    painter.fillRect(QRectF(4.6, 9.6, 3.8, 5.8), colour)


def _export(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (3, 10), (12.5, 10))
    _line(painter, (9, 6.2), (12.8, 10), (9, 13.8))
    _line(painter, (16.8, 4), (16.8, 16))


def _device(painter: QPainter, _colour: QColor) -> None:
    painter.drawRoundedRect(QRectF(5.5, 5.5, 9, 9), 1.4, 1.4)
    for at in (8, 12):
        _line(painter, (at, 2.5), (at, 5.5))
        _line(painter, (at, 14.5), (at, 17.5))
        _line(painter, (2.5, at), (5.5, at))
        _line(painter, (14.5, at), (17.5, at))


def _home(painter: QPainter, _colour: QColor) -> None:
    painter.drawRoundedRect(QRectF(3, 3, 14, 14), 2.4, 2.4)
    painter.drawRoundedRect(QRectF(7.2, 7.2, 5.6, 5.6), 1, 1)


def _gear(painter: QPainter, _colour: QColor) -> None:
    painter.drawEllipse(QPointF(10, 10), 2.4, 2.4)
    path = QPainterPath()
    teeth = 8
    for tooth in range(teeth):
        for offset, radius in ((-0.27, 5.4), (-0.17, 7.6), (0.17, 7.6), (0.27, 5.4)):
            angle = 2 * math.pi * (tooth + offset) / teeth
            point = QPointF(10 + radius * math.cos(angle), 10 + radius * math.sin(angle))
            if tooth == 0 and offset == -0.27:
                path.moveTo(point)
            else:
                path.lineTo(point)
    path.closeSubpath()
    painter.drawPath(path)


def _search(painter: QPainter, _colour: QColor) -> None:
    painter.drawEllipse(QPointF(8.6, 8.6), 5, 5)
    _line(painter, (12.4, 12.4), (16.6, 16.6))


def _folder(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (3, 15.8), (3, 4.6), (8, 4.6), (9.8, 6.8), (17, 6.8), (17, 15.8), (3, 15.8))


def _plus(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (10, 4), (10, 16))
    _line(painter, (4, 10), (16, 10))


def _down(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (6, 8.2), (10, 12.2), (14, 8.2))


def _file(painter: QPainter, _colour: QColor) -> None:
    _line(painter, (5, 3), (11.6, 3), (15, 6.4), (15, 17), (5, 17), (5, 3))
    _line(painter, (11.4, 3.2), (11.4, 6.6), (14.8, 6.6))


_GLYPHS: dict[str, Callable[[QPainter, QColor], None]] = {
    "capture": _capture,
    "label": _label,
    "features": _features,
    "train": _train,
    "compress": _compress,
    "memory": _memory,
    "export": _export,
    "device": _device,
    "home": _home,
    "gear": _gear,
    "search": _search,
    "folder": _folder,
    "plus": _plus,
    "down": _down,
    "file": _file,
}
