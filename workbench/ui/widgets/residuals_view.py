"""Regression: predicted against true values, and how the errors are spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.widgets.chart import Axis, Chart
from workbench.ui.widgets.plot_arithmetic import round_range

_BINS = 31  # odd, so that one bin is centred on no error at all


class PredictedAgainstTrue(Chart):
    """A point a window; the diagonal is a perfect model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs: NDArray[np.float64] = np.empty((0, 2))
        self.setAccessibleName("Predicted against true values")

    def show_pairs(self, pairs: NDArray[np.float64], unit: str) -> None:
        """Draw ``pairs`` (n, 2) of true and predicted values."""
        self._pairs = pairs
        low, high = round_range(float(pairs.min()), float(pairs.max())) if len(pairs) else (0.0, 1.0)
        suffix = f", {unit}" if unit else ""
        self.set_axes(Axis(f"true{suffix}", low, high), Axis(f"predicted{suffix}", low, high))

    def paint_data(self, painter: QPainter) -> None:
        now = theme.now()
        painter.setPen(QPen(QColor(now.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self.at(self.x_axis.low, self.y_axis.low), self.at(self.x_axis.high, self.y_axis.high))
        colour = QColor(now.accent)
        colour.setAlphaF(0.55)
        painter.setPen(QPen(colour, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for true, predicted in self._pairs.tolist():
            painter.drawPoint(self.at(true, predicted))


class ErrorHistogram(Chart):
    """How often each error (predicted minus true) occurs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: NDArray[np.int64] = np.empty(0, np.int64)
        self._edges: NDArray[np.float64] = np.empty(0)
        self.setAccessibleName("Spread of the errors")

    def show_errors(self, errors: NDArray[np.float64], unit: str) -> None:
        """Draw the spread of ``errors`` (n,)."""
        reach = float(np.abs(errors).max()) if len(errors) else 1.0
        reach = reach or 1.0
        self._counts, self._edges = np.histogram(errors, bins=_BINS, range=(-reach, reach))
        top = float(self._counts.max()) if len(errors) else 1.0
        suffix = f", {unit}" if unit else ""
        self.set_axes(Axis(f"predicted − true{suffix}", -reach, reach), Axis("windows", 0.0, round_range(0.0, top)[1]))

    def paint_data(self, painter: QPainter) -> None:
        now = theme.now()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.accent))
        pairs = zip(self._counts.tolist(), self._edges[:-1].tolist(), self._edges[1:].tolist(), strict=True)
        for count, left, right in pairs:
            if count:
                first, last = self.at(left, count), self.at(right, 0)
                painter.drawRect(QRectF(first.x() + 0.5, first.y(), last.x() - first.x() - 1, last.y() - first.y()))
        painter.setPen(QPen(QColor(now.text), 1, Qt.PenStyle.DashLine))
        zero = self.at(0, 0).x()
        painter.drawLine(QPointF(zero, self.area.top()), QPointF(zero, self.area.bottom()))


class ResidualsView(QWidget):
    """Both charts side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scatter = PredictedAgainstTrue()
        self.histogram = ErrorHistogram()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.scatter, 1)
        row.addWidget(self.histogram, 1)

    def show_pairs(self, pairs: Sequence[tuple[float, float]], unit: str) -> None:
        """Draw pairs of true and predicted values in ``unit``."""
        both = np.asarray(pairs, np.float64).reshape(-1, 2)
        self.scatter.show_pairs(both, unit)
        self.histogram.show_errors(both[:, 1] - both[:, 0], unit)
