"""One bar cut into named shares, with a legend below: what a total is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.quantities import bare_kilobytes, exact_bytes
from workbench.ui import theme

_BAR = 12  # px
_LINE = 18
_CHIP = 14  # a colour in the legend and the gap after it


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
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._shares: tuple[Share, ...] = ()

    def show_shares(self, shares: Sequence[Share]) -> None:
        """Show these parts of a whole."""
        self._shares = tuple(share for share in shares if share.bytes > 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, _BAR + 8 + _LINE)

    def heightForWidth(self, width: int) -> int:
        """The bar and as many lines as the legend takes."""
        lines = {entry.top() for _, _, entry in self._legend(width)}
        return _BAR + 8 + _LINE * max(1, len(lines))

    def _legend(self, width: float) -> list[tuple[Share, str, QRectF]]:
        """Each share's words and where they stand, from left to right and line by line."""
        metrics = QFontMetrics(self._small())
        entries, x, y = [], 0.0, float(_BAR + 8)
        for share in self._shares:
            words = f"{share.name} {bare_kilobytes(share.bytes)}"
            length = _CHIP + metrics.horizontalAdvance(words) + 16
            if x + length > width and x > 0:
                x, y = 0.0, y + _LINE
            entries.append((share, words, QRectF(x, y, length, _LINE)))
            x += length
        return entries

    def _small(self) -> QFont:
        return theme.scaled_font(self.font(), 0.86)

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
        painter.setFont(self._small())
        for share, words, entry in self._legend(self.width()):
            painter.fillRect(QRectF(entry.left(), entry.top() + 5, 8, 8), share.colour)
            painter.setPen(QColor(tokens.muted))
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(entry.adjusted(_CHIP, 0, 0, 0), side, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = QPointF(event.position())
        tips = [f"{share.name}: {exact_bytes(share.bytes)}" for share, box in self._boxes() if box.contains(point)]
        QToolTip.showText(event.globalPosition().toPoint(), tips[0] if tips else "", self)
