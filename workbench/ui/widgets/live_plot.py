"""A stretch of what arrives, drawn again and again; never in the way of what is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.widgets.lane_headers import Lane
from workbench.ui.widgets.plot_arithmetic import lane_ranges
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.trace_plot import Band, TracePlot

_SHRINK = 4.0  # a scale is narrowed when the data take less than this fraction of it


class Scale(Enum):
    """How the scales follow the data."""

    AUTO = "auto"
    HELD = "held"  # as they are
    FIXED = "fixed"  # one range, set by hand, for all channels


class LivePlot(QWidget):
    """Channels that scroll; the take under way is tinted. Space, while it has the focus, asks to record.

    Until there are channels, ``hint`` stands in their place: why there are none yet.
    """

    record_asked = Signal()
    pause_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Live signal")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.traces = TracePlot(coloured=True, zoomable=False)
        self._ranges: list[tuple[float, float]] = []
        self._scale = Scale.AUTO
        self._fixed = (-1.0, 1.0)
        self._pointer: float | None = None  # share of the width; what is under it moves on
        self._span = 10.0
        self._take_from: float | None = None
        self._newest = 0.0
        self.rows_drawn = 0
        self.hint = words("")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setMargin(4 * theme.GRID)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)  # commands are copied from it
        self._pages = QStackedWidget()
        self._pages.addWidget(self.hint)
        self._pages.addWidget(self.traces)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)  # room for the focus frame
        column.addWidget(self._pages)
        self.traces.hovered.connect(self._hover)
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
        self._pages.setCurrentWidget(self.traces if lanes else self.hint)

    def mark_take(self, recording: bool, before_s: float = 0.0) -> None:
        """Tint from now on, and what came ``before_s`` ahead of that, or no more."""
        self._take_from = self._newest - before_s if recording else None
        if not recording:
            self.traces.set_bands([])

    @property
    def ranges(self) -> list[tuple[float, float]]:
        """The scale of each channel as it is drawn."""
        return list(self._ranges)

    def set_scale(self, scale: Scale, fixed: tuple[float, float] = (-1.0, 1.0)) -> None:
        """How the scales follow the data; ``fixed`` is the one for all channels where it is set by hand."""
        self._scale = scale
        self._fixed = fixed
        if scale is Scale.AUTO:
            self._ranges = []

    def draw(self, times: NDArray[np.float64], samples: NDArray[np.float32], stop: float | None = None) -> None:
        """Draw ``samples`` (n, channels) at ``times`` (n,) seconds, up to ``stop``: by default the newest of them."""
        if not len(samples):
            return
        self._newest = max(self._newest, float(times[-1]))
        stop = float(times[-1]) if stop is None else stop
        self.rows_drawn = len(samples)
        self.traces.show_samples(times, samples, ranges=self._steady_ranges(samples))
        # At first the trace grows from the left; from then on it scrolls.
        end = max(stop, self._span)
        self.traces.set_view(end - self._span, end)
        if self._take_from is not None:
            bad = QColor(theme.now().bad)
            start = max(self._take_from, end - self._span)
            self.traces.set_bands([Band(start, max(start, self._newest), bad)])
        if self._pointer is not None:
            self.traces.set_cursor(end - self._span * (1 - self._pointer))

    def _hover(self, seconds: float) -> None:
        start, stop = self.traces.view
        self._pointer = (seconds - start) / (stop - start) if np.isfinite(seconds) and stop > start else None
        self.traces.set_cursor(seconds)

    def _steady_ranges(self, samples: NDArray[np.float32]) -> list[tuple[float, float]]:
        """Scales that follow the data without dancing: widened at once, narrowed only when far too wide."""
        if self._scale is Scale.FIXED:
            self._ranges = [self._fixed] * samples.shape[1]
        elif self._scale is Scale.AUTO or len(self._ranges) != samples.shape[1]:
            units = tuple(lane.unit for lane in self.traces.lanes)
            wanted = lane_ranges(samples.min(axis=0), samples.max(axis=0), units)  # what parsers give is finite
            if len(self._ranges) != len(wanted):
                self._ranges = wanted
            pairs = zip(self._ranges, wanted, strict=True)
            self._ranges = [new if _needs(old, new) else old for old, new in pairs]
        return list(self._ranges)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.record_asked.emit()
        elif event.key() == Qt.Key.Key_P and not event.modifiers():
            self.pause_asked.emit()
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
