"""Memory regions at other addresses, a bar each: as long as the region is large, filled as far as it is taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.memory.use import RegionUse
from workbench.quantities import bare_kilobytes, exact_bytes, kilobytes
from workbench.ui import theme
from workbench.ui.widgets.memory_map import kind_colour

_WORDS, _BAR, _GAP = 16, 8, 6  # px
_SHORTEST = 12.0


class RegionBars(QWidget):
    """To one scale among each other."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Other memory regions")
        self.uses: tuple[RegionUse, ...] = ()

    def show_regions(self, uses: Sequence[RegionUse]) -> None:
        """Show these; without any the widget hides."""
        self.uses = tuple(uses)
        self.setVisible(bool(uses))
        self.setAccessibleDescription("; ".join(_in_words(use) for use in uses))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(232, len(self.uses) * (_WORDS + _BAR + _GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def bar_of(self, place: int) -> QRectF:
        """Where a region's bar is."""
        largest = max(use.region.bytes for use in self.uses)
        width = max(_SHORTEST, (self.width() - 2) * self.uses[place].region.bytes / largest)
        return QRectF(1, place * (_WORDS + _BAR + _GAP) + _WORDS, width, _BAR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, font = theme.now(), theme.scaled_font(self.font(), 0.9)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        for place, use in enumerate(self.uses):
            bar = self.bar_of(place)
            line = QRectF(0, bar.top() - _WORDS, self.width(), _WORDS)
            size = (
                kilobytes(use.region.bytes)
                if not use.used
                else f"{bare_kilobytes(use.used)} of {kilobytes(use.region.bytes)}"
            )
            room = round(line.width() - metrics.horizontalAdvance(size) - 8)
            painter.setPen(QColor(tokens.text))
            name = metrics.elidedText(use.region.name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QColor(tokens.bad if use.free < 0 else tokens.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, size)
            left = bar.left()
            for part in use.parts:
                width = min(bar.right() - left, bar.width() * part.bytes / use.region.bytes)
                painter.fillRect(QRectF(left, bar.top(), width, bar.height()), kind_colour(part.kind))
                left += width
            painter.setPen(QPen(QColor(tokens.bad if use.free < 0 else tokens.edge), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y() // (_WORDS + _BAR + _GAP))
        tip = _in_words(self.uses[row]) if 0 <= row < len(self.uses) else ""
        QToolTip.showText(event.globalPosition().toPoint(), tip, self)


def _in_words(use: RegionUse) -> str:
    held = ", ".join(f"{part.name} {exact_bytes(part.bytes)}" for part in use.parts) or "free"
    where = "outside the microcontroller" if use.region.external else "at an address of its own"
    return f"{use.region.name}: {exact_bytes(use.region.bytes)} {where}; {held}"
