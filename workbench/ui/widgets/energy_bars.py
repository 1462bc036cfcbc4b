"""Energies as stacked bars to one scale, each with the band of its sum; a small one enlarged below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.quantities import quantity
from workbench.ui import theme
from workbench.ui.widgets.plot_arithmetic import round_ticks

_WORDS, _BAR, _BAND, _GAP = 22, 24, 12, 8  # px, from the top of a row
_ROW = _WORDS + _BAR + _BAND + _GAP
_ENLARGED = _WORDS + _BAR + _GAP  # it has no band
_AXIS = 24
_LINE = 22  # of the legend
_SWATCH = 10
_SMALL = 0.25  # of the longest bar: below this a bar is enlarged
_FAR = 2.5  # times the longest bar: bands that reach farther are cut off, with an arrow


@dataclass(frozen=True)
class EnergyPart:
    """A share of a bar in J; ``tip`` is what the pointer is told."""

    name: str
    joules: float
    colour: QColor
    tip: str = ""


@dataclass(frozen=True)
class EnergyBar:
    """Parts one after the other, and the band of their sum; ``lacks`` names what is not in it because nobody knows."""

    title: str
    parts: tuple[EnergyPart, ...]
    low: float
    high: float
    lacks: str = ""

    @property
    def joules(self) -> float:
        return sum(part.joules for part in self.parts)

    @property
    def words(self) -> str:
        """The sum with its band: ``1.88 mJ (0.76 mJ to 10.3 mJ), prediction not known``."""
        spread = f" ({quantity(self.low, 'J')} to {quantity(self.high, 'J')})" if self.low < self.high else ""
        return f"{quantity(self.joules, 'J')}{spread}" + (f", {self.lacks}" if self.lacks else "")


class EnergyBars(QWidget):
    """Rows below each other, a ruler, and a legend."""

    def __init__(self, accessible_name: str) -> None:
        super().__init__()
        self.setAccessibleName(accessible_name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.bars: tuple[EnergyBar, ...] = ()

    def show_bars(self, bars: Sequence[EnergyBar]) -> None:
        """Draw these."""
        self.bars = tuple(bars)
        told = [
            f"{bar.title}: {bar.words}: " + ", ".join(f"{part.name} {quantity(part.joules, 'J')}" for part in bar.parts)
            for bar in self.bars
        ]
        self.setAccessibleDescription("; ".join(told))
        self.updateGeometry()
        self.update()

    @property
    def enlarged(self) -> EnergyBar | None:
        """The bar that is too short to show its parts."""
        longest = max((bar.joules for bar in self.bars), default=0.0)
        return next((bar for bar in self.bars if 0 < bar.joules < _SMALL * longest), None)

    def sizeHint(self) -> QSize:
        lines = self._legend_lines(max(self.width(), 240))
        return QSize(480, round(self._legend_top()) + _LINE * len(lines))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def resizeEvent(self, _event: object) -> None:
        """The legend takes the lines that it needs."""
        self.updateGeometry()

    # --- where things are --------------------------------------------------------------------------

    def _reach(self) -> float:
        """What the whole width stands for, in J."""
        longest = max((bar.joules for bar in self.bars), default=0.0)
        return min(max((bar.high for bar in self.bars), default=0.0), _FAR * longest) * 1.02 or 1.0

    def _top(self, row: int) -> float:
        """Of a row; the ruler stands between the bars and the enlarged one."""
        return row * _ROW + (_AXIS if row >= len(self.bars) else 0)

    def _legend_top(self) -> float:
        return self._top(len(self.bars)) + (_ENLARGED if self.enlarged is not None else 0)

    def boxes(self, row: int) -> list[tuple[EnergyPart, QRectF]]:
        """The parts of a row with where they are; the row after the last bar is the enlarged one."""
        bar = self.bars[row] if row < len(self.bars) else self.enlarged
        if bar is None:
            return []
        scale = (self.width() - 1) / (self._reach() if row < len(self.bars) else bar.joules)
        boxes, left = [], 0.0
        for part in bar.parts:
            boxes.append((part, QRectF(left, self._top(row) + _WORDS, part.joules * scale, _BAR)))
            left += part.joules * scale
        return boxes

    def _legend_lines(self, width: int) -> list[list[tuple[EnergyPart, float]]]:
        """What the colours stand for, line by line, each with its left edge."""
        metrics = QFontMetrics(self.font())
        lines: list[list[tuple[EnergyPart, float]]] = [[]]
        left = 0.0
        for part in {part.name: part for bar in self.bars for part in bar.parts}.values():
            room = _SWATCH + 6 + metrics.horizontalAdvance(_legend_words(part)) + 2 * theme.GRID
            if left and left + room > width:
                lines.append([])
                left = 0.0
            lines[-1].append((part, left))
            left += room
        return lines

    # --- drawing -----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        reach = self._reach()
        for row, bar in enumerate(self.bars):
            self._paint_words(painter, row, bar.title, bar.words)
            self._paint_parts(painter, row)
            self._paint_band(painter, row, bar, reach)
        self._paint_axis(painter, reach)
        small = self.enlarged
        if small is not None:
            times = f"{reach / small.joules:,.0f} times as wide"
            self._paint_words(painter, len(self.bars), f"{small.title}, enlarged", times)
            self._paint_parts(painter, len(self.bars))
        self._paint_legend(painter)

    def _paint_words(self, painter: QPainter, row: int, title: str, words: str) -> None:
        line = QRectF(0, self._top(row), self.width(), _WORDS - 2)
        metrics = QFontMetrics(self.font())
        painter.setPen(QColor(theme.now().muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(QColor(theme.now().text))
        room = round(line.width() - metrics.horizontalAdvance(words) - theme.GRID)
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_parts(self, painter: QPainter, row: int) -> None:
        for part, box in self.boxes(row):
            shown = box.adjusted(0, 0, -1 if box.width() > 2 else 0, 0)
            painter.fillRect(shown, part.colour)
            if theme.is_pale(part.colour) and shown.width() > 2:
                painter.setPen(theme.outline_of(part.colour))
                painter.drawRect(shown.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_band(self, painter: QPainter, row: int, bar: EnergyBar, reach: float) -> None:
        """A line from the least to the most below the bar; an arrow where it goes on."""
        if bar.low >= bar.high:
            return
        y = self._top(row) + _WORDS + _BAR + _BAND / 2
        scale = (self.width() - 1) / reach
        left, right = bar.low * scale, min(bar.high * scale, self.width() - 1.0)
        painter.setPen(QPen(QColor(theme.now().muted), 1.5))
        lines = [QLineF(left, y, right, y), QLineF(left, y - 4, left, y + 4)]
        if bar.high > reach:
            lines += [QLineF(right, y, right - 5, y - 4), QLineF(right, y, right - 5, y + 4)]
        else:
            lines.append(QLineF(right, y - 4, right, y + 4))
        painter.drawLines(lines)

    def _paint_axis(self, painter: QPainter, reach: float) -> None:
        now, small = theme.now(), theme.scaled_font(self.font(), 0.86)
        metrics = QFontMetrics(small)
        top = float(len(self.bars) * _ROW - _GAP + 4)
        painter.setPen(QPen(QColor(now.edge), 1))
        painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
        painter.setFont(small)
        for tick in round_ticks(0.0, reach):
            x = min(tick / reach * (self.width() - 1), self.width() - 1.0)
            painter.setPen(QPen(QColor(now.edge), 1))
            painter.drawLine(QPointF(x, top), QPointF(x, top + 4))
            words = quantity(tick, "J")
            width = metrics.horizontalAdvance(words)
            left = min(max(0.0, x - width / 2), self.width() - width - 1.0)
            painter.setPen(QColor(now.muted))
            painter.drawText(QRectF(left, top + 4, width + 1, 16), Qt.AlignmentFlag.AlignCenter, words)
        painter.setFont(self.font())

    def _paint_legend(self, painter: QPainter) -> None:
        y = self._legend_top()
        for line in self._legend_lines(self.width()):
            for part, left in line:
                swatch = QRectF(left, y + (_LINE - _SWATCH) / 2, _SWATCH, _SWATCH)
                painter.fillRect(swatch, part.colour)
                if theme.is_pale(part.colour):
                    painter.setPen(theme.outline_of(part.colour))
                    painter.drawRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5))
                painter.setPen(QColor(theme.now().muted))
                place = QRectF(left + _SWATCH + 6, y, self.width(), _LINE)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, _legend_words(part))
            y += _LINE

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        QToolTip.showText(event.globalPosition().toPoint(), self.tip_at(event.position()), self)

    def tip_at(self, point: QPointF) -> str:
        """What is under the pointer, in words; empty where nothing is."""
        for row in range(len(self.bars) + 1):
            for part, box in self.boxes(row):
                if box.contains(point):
                    return f"{_legend_words(part)}\n{part.tip}".strip()
        return ""


def _legend_words(part: EnergyPart) -> str:
    return f"{part.name} {quantity(part.joules, 'J')}"
