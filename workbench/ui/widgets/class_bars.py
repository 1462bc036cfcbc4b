"""Precision and recall of every class as bars with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.quantities import percent
from workbench.ui import theme

_ROW = 26  # px
_HEAD = 24
_SUPPORT = 64


@dataclass(frozen=True)
class ClassRow:
    """One class: shares in 0..1 and how many windows there were."""

    name: str
    precision: float
    recall: float
    support: int


class ClassBars(QWidget):
    """A row a class: name, recall, precision, number of windows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ClassRow, ...] = ()
        self.setAccessibleName("Precision and recall by class")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[ClassRow]) -> None:
        """Draw these."""
        self._rows = tuple(rows)
        words = [f"{r.name}: recall {percent(r.recall)}, precision {percent(r.precision)}" for r in rows]
        self.setAccessibleDescription("; ".join(words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, _HEAD + _ROW * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.now()
        metrics = self.fontMetrics()
        names = min(140.0, max((metrics.horizontalAdvance(row.name) for row in self._rows), default=0) + 16.0)
        bar = max(40.0, (self.width() - names - _SUPPORT) / 2)
        columns = ((names, "recall"), (names + bar, "precision"))
        painter.setPen(QColor(now.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        for x, title in columns:
            painter.drawText(QRectF(x, 0, bar, _HEAD), middle | Qt.AlignmentFlag.AlignLeft, title)
        painter.drawText(QRectF(0, 0, self.width(), _HEAD), middle | Qt.AlignmentFlag.AlignRight, "windows")
        for index, row in enumerate(self._rows):
            top = _HEAD + index * _ROW
            painter.setPen(QColor(now.text))
            name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, int(names - 8))
            painter.drawText(QRectF(0, top, names, _ROW), middle | Qt.AlignmentFlag.AlignLeft, name)
            for (x, _), share in zip(columns, (row.recall, row.precision), strict=True):
                self._paint_bar(painter, QRectF(x, top, bar - 12, _ROW), share)
            painter.setPen(QColor(now.muted))
            painter.drawText(
                QRectF(0, top, self.width(), _ROW), middle | Qt.AlignmentFlag.AlignRight, f"{row.support:,}"
            )

    def _paint_bar(self, painter: QPainter, area: QRectF, share: float) -> None:
        now = theme.now()
        groove = QRectF(area.left(), area.bottom() - 5, area.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.line))
        painter.drawRoundedRect(groove, 1.5, 1.5)
        if share > 0:
            painter.setBrush(QColor(now.accent))
            painter.drawRoundedRect(QRectF(groove.left(), groove.top(), max(3.0, groove.width() * share), 3), 1.5, 1.5)
        painter.setPen(QColor(now.text))
        painter.drawText(area.adjusted(0, 0, 0, -4), Qt.AlignmentFlag.AlignVCenter, percent(share))
