"""The newest seconds of what arrives, drawn again and again; never in the way of what is recorded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.widgets.lane_headers import Lane
from workbench.ui.widgets.plot_arithmetic import lane_ranges
from workbench.ui.widgets.trace_plot import Band, TracePlot

_SHRINK = 4.0  # a scale is narrowed when the data take less than this fraction of it


class LivePlot(QWidget):
    """Stacked channels that scroll; the take under way is tinted. Space, while it has the focus, asks to record."""

    record_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Live signal")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.traces = TracePlot(coloured=True, zoomable=False)
        self._ranges: list[tuple[float, float]] = []
        self._span = 10.0
        self._take_from: float | None = None
        self._newest = 0.0
        self.rows_drawn = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)  # room for the focus frame
        column.addWidget(self.traces)
        self.traces.hovered.connect(self.traces.set_cursor)
        self.traces.clicked.connect(lambda _seconds: self.setFocus(Qt.FocusReason.MouseFocusReason))
        theme.appearance().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(720, 400)

    @property
    def span(self) -> float:
        """How many seconds are in view."""
        return self._span

    def set_span(self, seconds: float) -> None:
        """Show this many seconds."""
        self._span = seconds

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """Name the channels; a change starts afresh."""
        if tuple(lanes) != self.traces.lanes:
            self._ranges = []
            self.traces.set_lanes(lanes)

    def mark_take(self, recording: bool) -> None:
        """Tint from now on, or no more."""
        self._take_from = self._newest if recording else None
        if not recording:
            self.traces.set_bands([])

    def draw(self, times: NDArray[np.float64], samples: NDArray[np.float32]) -> None:
        """Draw the newest ``samples`` (n, channels) at ``times`` (n,) seconds."""
        if not len(samples):
            return
        self._newest = float(times[-1])
        first = int(np.searchsorted(times, self._newest - self._span))
        # One row more at the left, so that the trace leaves the plot instead of ending in it.
        times, samples = times[max(0, first - 1) :], samples[max(0, first - 1) :]
        self.rows_drawn = len(samples)
        self.traces.show_samples(times, samples, ranges=self._steady_ranges(samples))
        # At first the trace grows from the left; from then on it scrolls.
        end = max(self._newest, self._span)
        self.traces.set_view(end - self._span, end)
        if self._take_from is not None:
            bad = QColor(theme.now().bad)
            self.traces.set_bands([Band(max(self._take_from, self._newest - self._span), self._newest, bad)])

    def _steady_ranges(self, samples: NDArray[np.float32]) -> list[tuple[float, float]]:
        """Scales that follow the data without dancing: widened at once, narrowed only when far too wide."""
        finite = np.where(np.isfinite(samples), samples, 0)
        units = tuple(lane.unit for lane in self.traces.lanes)
        wanted = lane_ranges(finite.min(axis=0), finite.max(axis=0), units)
        if len(self._ranges) != len(wanted):
            self._ranges = wanted
        pairs = zip(self._ranges, wanted, strict=True)
        self._ranges = [new if _needs(old, new) else old for old, new in pairs]
        return list(self._ranges)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.record_asked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.now()
        painter.fillRect(self.rect(), QColor(now.panel))
        recording = self._take_from is not None
        colour = now.bad if recording else now.accent if self.hasFocus() else now.line
        painter.setPen(QPen(QColor(colour), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def _needs(old: tuple[float, float], new: tuple[float, float]) -> bool:
    outside = new[0] < old[0] or new[1] > old[1]
    return outside or (new[1] - new[0]) * _SHRINK < old[1] - old[0]
