"""Which layer suffers: a row a layer, a bar a probe, and a switch that leaves the layer alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QWidget

from workbench.quantities import NOTHING
from workbench.ui import theme
from workbench.ui.widgets.roles import words

_ROW = 34  # px


@dataclass(frozen=True)
class BarRow:
    """A layer, facts about it, and for each probe how bad it is in 0..1 with its words; None where it cannot be."""

    name: str
    facts: str
    bars: tuple[tuple[float, str] | None, ...]


class SensitivityBars(QWidget):
    """``exempt_changed`` carries the names of all layers that are left alone."""

    exempt_changed = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * theme.GRID)
        self._grid.setVerticalSpacing(4)
        self.switches: dict[str, QCheckBox] = {}

    def show_rows(self, heads: Sequence[tuple[str, str]], rows: Sequence[BarRow], exempt: Sequence[str]) -> None:
        """Show these; a head is a title and what it means."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.switches = {}
        if not rows:
            return
        for column, (title, tip) in enumerate((("Layer", ""), *heads), 0):
            head = words(title, "muted")
            head.setToolTip(tip)
            self._grid.addWidget(head, 0, column)
            self._grid.setColumnStretch(column, 0 if column == 0 else 1)
        for place, row in enumerate(rows, 1):
            name = words(f"{row.name}\n{row.facts}")
            self._grid.addWidget(name, place, 0)
            for column, ((title, tip), bar) in enumerate(zip(heads, row.bars, strict=True), 1):
                self._grid.addWidget(_Bar(f"{row.name}, {title}", tip, bar), place, column)
            switch = QCheckBox("Leave alone")
            switch.setToolTip(f"Do not prune, narrow or cluster {row.name}; it is only quantized")
            switch.setAccessibleName(f"Leave {row.name} alone")
            switch.setChecked(row.name in exempt)
            switch.clicked.connect(lambda _on: self._tell())
            self._grid.addWidget(switch, place, len(heads) + 1)
            self.switches[row.name] = switch
        self._grid.setRowStretch(len(rows) + 1, 1)

    def show_exempt(self, exempt: Sequence[str]) -> None:
        """Another place has changed what is left alone."""
        for name, switch in self.switches.items():
            switch.setChecked(name in exempt)

    def _tell(self) -> None:
        self.exempt_changed.emit(tuple(name for name, switch in self.switches.items() if switch.isChecked()))


class _Bar(QWidget):
    """One bar with its words above it."""

    def __init__(self, name: str, tip: str, bar: tuple[float, str] | None) -> None:
        super().__init__()
        self._share, self._text = bar if bar is not None else (0.0, NOTHING)
        self._known = bar is not None
        self.setAccessibleName(f"{name}: {self._text}")
        self.setToolTip(tip if self._known else "There is nothing of that kind to change in this layer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(110, _ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.now()
        groove = QRectF(0, self.height() - 8, self.width(), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._known:
            painter.setBrush(QColor(now.line))
            painter.drawRoundedRect(groove, 2, 2)
        if self._share > 0:
            painter.setBrush(QColor(now.bad if self._share > 0.5 else now.warn if self._share > 0.1 else now.accent))
            width = max(4.0, groove.width() * min(1.0, self._share))
            painter.drawRoundedRect(QRectF(groove.left(), groove.top(), width, 4), 2, 2)
        painter.setPen(QColor(now.text if self._known else now.muted))
        painter.drawText(QRectF(0, 0, self.width(), self.height() - 10), Qt.AlignmentFlag.AlignVCenter, self._text)
