"""The rail of stations along the left edge: a glyph and a word each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.pages import Station
from workbench.ui.widgets.glyphs import paint_glyph
from workbench.ui.widgets.hover import HoverButton

WIDTH = 128  # px
_HEIGHT = 40
_GLYPH = 20


class RailButton(HoverButton):
    """One station; the one in view has a bar at its left and a tinted ground."""

    def __init__(self, station: Station) -> None:
        super().__init__()
        self._glyph = station.glyph
        self.setText(station.title)
        self.setAccessibleName(station.title)
        self.setCheckable(True)
        self.setObjectName(f"station_{station.id}")

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().toRectF()
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selected if self.isChecked() else tokens.hover))
            painter.drawRoundedRect(box.adjusted(8, 2, -8, -2), theme.CORNER, theme.CORNER)
        if self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(8.5, 2.5, -8.5, -2.5), theme.CORNER, theme.CORNER)
        if self.isChecked():
            painter.fillRect(QRectF(0, 8, 3, box.height() - 16), QColor(tokens.accent))
        ink = tokens.muted
        if self.isEnabled() and (self.isChecked() or self.underMouse()):
            ink = tokens.accent if self.isChecked() else tokens.text
        paint_glyph(painter, self._glyph, QRectF(18, (box.height() - _GLYPH) / 2, _GLYPH, _GLYPH), QColor(ink))
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.muted))
        painter.setFont(theme.scaled_font(self.font(), 1.0, bold=self.isChecked()))
        words = box.adjusted(18 + _GLYPH + 10, 0, -10, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())


class Rail(QWidget):
    """The stations from top to bottom in the order of the work."""

    chosen = Signal(str)  # a station's id

    def __init__(self, stations: Sequence[Station]) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GRID, 0, theme.GRID)
        column.setSpacing(0)
        for number, station in enumerate(stations, start=1):
            button = RailButton(station)
            button.setToolTip(f"{station.tip}  (Ctrl+{number})")
            button.clicked.connect(lambda _checked, name=station.id: self.chosen.emit(name))
            self._group.addButton(button)
            self._buttons[station.id] = button
            column.addWidget(button)
        column.addStretch(1)

    def button(self, station_id: str) -> RailButton:
        """The button of one station."""
        return self._buttons[station_id]

    def show_station(self, station_id: str | None) -> None:
        """Mark the station in view; None marks none (the welcome page)."""
        self._group.setExclusive(False)
        for name, button in self._buttons.items():
            button.setChecked(name == station_id)
        self._group.setExclusive(True)

    def set_open(self, is_open: bool) -> None:
        """Stations can be entered only while a project is open."""
        for button in self._buttons.values():
            button.setEnabled(is_open)
