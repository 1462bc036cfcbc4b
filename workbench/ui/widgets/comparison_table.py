"""Figures of models side by side: a column a model, a row a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme

_ROW = 27.0  # px


@dataclass(frozen=True)
class ComparisonRow:
    """One figure of each model, in words; ``roles`` may be "good" or "bad" for what is to be seen at once."""

    name: str
    values: tuple[str, ...]
    roles: tuple[str, ...] = ()


class ComparisonTable(QWidget):
    """Painted: names at the left, numbers right-aligned in their columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads: tuple[str, ...] = ()
        self._rows: tuple[ComparisonRow, ...] = ()
        self.setAccessibleName("Models side by side")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, heads: Sequence[str], rows: Sequence[ComparisonRow]) -> None:
        """Show these columns."""
        self._heads, self._rows = tuple(heads), tuple(rows)
        told = [f"{row.name}: {', '.join(row.values)}" for row in rows]
        self.setAccessibleDescription("; ".join(told))
        self.updateGeometry()
        self.update()

    @property
    def rows(self) -> tuple[ComparisonRow, ...]:
        """What is shown."""
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(300, int(_ROW * (1 + len(self._rows))))

    def minimumSizeHint(self) -> QSize:
        return QSize(220, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        now, metrics = theme.now(), self.fontMetrics()
        names = max([metrics.horizontalAdvance(row.name) for row in self._rows] or [0]) + 8.0
        width = (self.width() - names) / max(1, len(self._heads))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(now.muted))
        for place, head in enumerate(self._heads):
            shown = metrics.elidedText(head, Qt.TextElideMode.ElideRight, int(width - 8))
            painter.drawText(QRectF(names + place * width, 0, width, _ROW), right, shown)
        for index, row in enumerate(self._rows):
            top = _ROW * (1 + index)
            painter.setPen(QColor(theme.mixed(now.panel, now.line, 0.7)))
            painter.drawLine(0, int(top), self.width(), int(top))
            painter.setPen(QColor(now.muted))
            painter.drawText(QRectF(0, top, names, _ROW), Qt.AlignmentFlag.AlignVCenter, row.name)
            for place, value in enumerate(row.values):
                role = row.roles[place] if place < len(row.roles) else ""
                painter.setPen(QColor(getattr(now, role) if role else now.text))
                painter.drawText(QRectF(names + place * width, top, width, _ROW), right, value)
