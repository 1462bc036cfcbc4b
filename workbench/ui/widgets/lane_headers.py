"""The left edge of stacked plots: the name, unit and scale of each lane, and the value under the pointer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.quantities import NOTHING, THIN_SPACE, three_digits
from workbench.ui import theme
from workbench.ui.widgets.plot_arithmetic import number

HEADER_WIDTH = 120  # px; everything that shares the time axis leaves this much room on the left
AXIS_HEIGHT = 24  # px
FILL = 0.86  # share of a lane that its range takes


@dataclass(frozen=True)
class Lane:
    """What a channel is called, and in what it is measured."""

    name: str
    unit: str = ""


def trace_colour(index: int) -> QColor:
    """The colour of the n-th channel, lifted towards the text colour where it would drown in the panel."""
    colour, now = theme.series_colour(index).name(), theme.now()
    share = 0.0
    while theme.contrast(theme.mixed(colour, now.text, share), now.panel) < 3.0:
        share += 0.1
    return QColor(theme.mixed(colour, now.text, share))


class LaneHeaders(QWidget):
    """Names, units and scales of the lanes, and the values under the pointer."""

    def __init__(self, coloured: bool) -> None:
        super().__init__()
        self.setFixedWidth(HEADER_WIDTH)
        self.lanes: tuple[Lane, ...] = ()
        self.ranges: list[tuple[float, float]] = []
        self.values: list[float] | None = None
        self.time_unit = "s"
        self.cursor_text = ""  # the time under the pointer, shown in place of the unit
        self.overlaid = False  # all channels share one plot: the names are a legend
        self._coloured = coloured

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.now()
        painter.fillRect(self.rect(), QColor(now.panel))
        if not self.lanes:
            return
        height = (self.height() - AXIS_HEIGHT) / len(self.lanes)
        small = theme.scaled_font(self.font(), 0.8)
        painter.setPen(QColor(now.muted))
        axis = QRectF(0, self.height() - AXIS_HEIGHT, self.width() - 6, AXIS_HEIGHT)
        painter.drawText(
            axis.translated(0, 2),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            self.cursor_text or self.time_unit,
        )
        if self.overlaid:
            self._paint_legend(painter, small)
            return
        crowd = math.ceil(self.fontMetrics().height() / height)  # so many lanes share the room of one name
        for index, lane in enumerate(self.lanes):
            cell = QRectF(0, index * height, self.width(), height)
            if index % crowd == 0:
                named = cell.adjusted(0, 0, 0, (crowd - 1) * height)
                self._paint_lane(painter, named, index, lane, small)
            elif self._coloured:
                painter.fillRect(QRectF(0, cell.top(), 3, cell.height()), trace_colour(index))
            if index and index % crowd == 0:
                painter.setPen(QColor(now.line))
                painter.drawLine(cell.topLeft(), cell.topRight())

    def _paint_legend(self, painter: QPainter, small: QFont) -> None:
        """Names below each other, as many as there is room for, and the one scale at the right."""
        now, metrics = theme.now(), self.fontMetrics()
        line = metrics.height() + 6.0
        room = self.height() - AXIS_HEIGHT - 2 * line
        fitting = max(1, int(room / line))
        shown = self.lanes if len(self.lanes) <= fitting else self.lanes[: fitting - 1]
        for index, lane in enumerate(shown):
            cell = QRectF(12, line + index * line, self.width() - 20, line)
            painter.fillRect(QRectF(0, cell.top() + 2, 3, line - 4), trace_colour(index))
            painter.setPen(QColor(now.text))
            value = ""
            if self.values is not None and index < len(self.values):
                value = three_digits(self.values[index]) if np.isfinite(self.values[index]) else NOTHING
            free = int(cell.width() - metrics.horizontalAdvance(value) - 6)
            name = metrics.elidedText(lane.name, Qt.TextElideMode.ElideRight, free)
            painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QColor(now.accent))
            painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, value)
        painter.setFont(small)
        painter.setPen(QColor(now.muted))
        if len(shown) < len(self.lanes):
            cell = QRectF(12, line + len(shown) * line, self.width() - 20, line)
            painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter, f"and {len(self.lanes) - len(shown)} more")
        if self.ranges:
            low, high = self.ranges[0]
            edge = QRectF(0, 4, self.width() - 6, self.height() - AXIS_HEIGHT - 8)
            painter.drawText(edge, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, number(high))
            painter.drawText(edge, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, number(low))

    def _paint_lane(self, painter: QPainter, cell: QRectF, index: int, lane: Lane, small: QFont) -> None:
        now = theme.now()
        metrics = self.fontMetrics()
        left = 12.0
        if self._coloured:
            painter.fillRect(QRectF(0, cell.top() + 6, 3, cell.height() - 12), trace_colour(index))
        inside = cell.adjusted(left, 4, -8, -4)
        painter.setFont(self.font())
        painter.setPen(QColor(now.text))
        name = metrics.elidedText(lane.name, Qt.TextElideMode.ElideRight, int(inside.width()))
        roomy = cell.height() >= 2.6 * metrics.height()
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        middle = inside.adjusted(0, -metrics.height() * 0.5, 0, -metrics.height() * 0.5) if roomy else inside
        painter.drawText(middle, line, name)
        second = inside.translated(0, metrics.height() * 0.55)
        painter.setFont(small)
        if self.values is not None and index < len(self.values):
            value = self.values[index]
            shown = three_digits(value) if np.isfinite(value) else NOTHING
            painter.setPen(QColor(now.accent))
            text = f"{shown}{THIN_SPACE}{lane.unit}" if lane.unit else shown
            if roomy:
                painter.drawText(second, line, text)
            else:
                painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            return
        painter.setPen(QColor(now.muted))
        if roomy:
            painter.drawText(second, line, lane.unit)
        if cell.height() >= 40 and index < len(self.ranges):
            low, high = self.ranges[index]
            margin = cell.height() * (1 - FILL) / 2 - 6
            edge = cell.adjusted(0, max(2.0, margin), -6, -max(2.0, margin))
            painter.drawText(edge, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, number(high))
            painter.drawText(edge, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, number(low))
