"""One bar cut into named shares, with a legend below: what a total is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.quantities import exact_bytes
from workbench.ui import theme

_BAR = 12  # px
_LINE = 18


@dataclass(frozen=True)
class Share:
    """A named part in bytes."""

    name: str
    bytes: int
    colour: QColor


class ShareBar(QWidget):
    """Shares side by side, to scale."""

    def __init__(self, accessible_name: str) -> None:
        super().__init__()
        self.setAccessibleName(accessible_name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shares: tuple[Share, ...] = ()

    def show_shares(self, shares: Sequence[Share]) -> None:
        """Show these parts of a whole."""
        self._shares = tuple(share for share in shares if share.bytes > 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, _BAR + 8 + 2 * _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, _BAR + 8 + 2 * _LINE)

    def _boxes(self) -> list[tuple[Share, QRectF]]:
        total = max(1, sum(share.bytes for share in self._shares))
        boxes, x = [], 0.0
        for share in self._shares:
            width = self.width() * share.bytes / total
            boxes.append((share, QRectF(x, 0, width, _BAR)))
            x += width
        return boxes

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for share, box in self._boxes():
            shown = box.adjusted(0, 0, -1 if box.width() > 2 else 0, 0)
            painter.fillRect(shown, share.colour)
            if theme.is_pale(share.colour) and shown.width() > 2:
                painter.setPen(theme.outline_of(share.colour))
                painter.drawRect(shown.adjusted(0.5, 0.5, -0.5, -0.5))
        small = theme.scaled_font(self.font(), 0.86)
        metrics = QFontMetrics(small)
        painter.setFont(small)
        x, y = 0.0, float(_BAR + 8)
        for share in self._shares:
            words = f"{share.name} {share.bytes / 1024:,.1f}"
            width = 14 + metrics.horizontalAdvance(words) + 16
            if x + width > self.width() and x > 0:
                x, y = 0.0, y + _LINE
            if y + _LINE > self.height() + 2:
                break
            painter.fillRect(QRectF(x, y + 5, 8, 8), share.colour)
            painter.setPen(QColor(tokens.muted))
            painter.drawText(
                QRectF(x + 14, y, width, _LINE), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words
            )
            x += width

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = QPointF(event.position())
        tips = [f"{share.name}: {exact_bytes(share.bytes)}" for share, box in self._boxes() if box.contains(point)]
        QToolTip.showText(event.globalPosition().toPoint(), tips[0] if tips else "", self)
