"""Parallel slanting lines that fill a rectangle: as lines, because a picture file knows no patterns."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

_STEP = 6.0  # px between two lines, across


def hatch(painter: QPainter, area: QRectF, colour: QColor, *, falling: bool = False, width: float = 1.2) -> None:
    """Draw the lines: rising to the right, or ``falling``. They stay put on the screen when the area grows."""
    painter.setPen(QPen(colour, width))
    painter.drawLines(hatch_lines(area, falling=falling))


def hatch_lines(area: QRectF, *, falling: bool = False) -> list[QLineF]:
    """Lines at 45 degrees, cut at the area's edges."""
    left, right, top, bottom = area.left(), area.right(), area.top(), area.bottom()
    lines = []
    # On a rising line x + y is the same everywhere, on a falling one x - y.
    low, high = (left - bottom, right - top) if falling else (left + top, right + bottom)
    for number in range(math.ceil(low / _STEP), math.floor(high / _STEP) + 1):
        at = number * _STEP
        if falling:
            x1, x2 = max(left, at + top), min(right, at + bottom)
            line = QLineF(x1, x1 - at, x2, x2 - at)
        else:
            x1, x2 = max(left, at - bottom), min(right, at - top)
            line = QLineF(x1, at - x1, x2, at - x2)
        if x2 > x1:
            lines.append(line)
    return lines
