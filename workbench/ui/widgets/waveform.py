"""A recording to look at and to label: overview, zoomed channels, and the lane of segments."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from workbench.project.model import Gap
from workbench.ui import theme
from workbench.ui.widgets.gap_marks import GapMark
from workbench.ui.widgets.lane_headers import HEADER_WIDTH, Lane
from workbench.ui.widgets.overview_strip import OverviewStrip
from workbench.ui.widgets.segment_lane import LaneSegment, SegmentLane
from workbench.ui.widgets.trace_plot import Band, TracePlot

_CLOSEST_ROWS = 8  # rows across the plot when zoomed in all the way
_PAN = 0.2  # share of the view that an arrow key moves it


class Waveform(QWidget):
    """Shows one recording and its segments; asks for changes by signals.

    While it has the focus: 1-9 give the selected segment the n-th label, Delete removes it, left and right
    pan, + and - zoom, 0 shows everything, Escape gives up a drag or the selection, Tab goes on.
    """

    segment_added = Signal(int, int)  # start, stop
    segment_resized = Signal(int, int, int)  # id, start, stop
    segment_selected = Signal(object)  # id or None
    segment_opened = Signal(int)
    removal_asked = Signal(int)  # id
    label_key = Signal(int)  # 0 for the key 1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Waveform")
        self._rate = 1.0
        self._rows = 0
        self._marked: tuple[int, int] | None = None  # rows that somebody was led to
        self._segments: tuple[LaneSegment, ...] = ()
        self._colours: Mapping[str, QColor] = {}
        self.traces = TracePlot(coloured=False, zoomable=True)
        self.overview = OverviewStrip()
        self.lane = SegmentLane()
        self._lane_title = QLabel("Segments")
        self._lane_title.setProperty("role", "muted")
        self._overview_title = QLabel("Overview")
        self._overview_title.setProperty("role", "muted")
        self._lay_out()
        self._connect()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(2, 2, 2, 2)  # room for the focus frame
        grid.setSpacing(0)
        for row, title in ((0, self._overview_title), (2, self._lane_title)):
            title.setFixedWidth(HEADER_WIDTH)
            title.setIndent(12)
            grid.addWidget(title, row, 0)
        grid.addWidget(self.overview, 0, 1)
        grid.addWidget(self.traces, 1, 0, 1, 2)
        grid.addWidget(self.lane, 2, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)

    def _connect(self) -> None:
        self.overview.view_asked.connect(self.traces.set_view)
        self.traces.view_changed.connect(self._view_changed)
        self.traces.hovered.connect(self.traces.set_cursor)
        self.traces.clicked.connect(self._clicked)
        self.lane.added.connect(self.segment_added)
        self.lane.resized.connect(self.segment_resized)
        self.lane.selected.connect(self._selected)
        self.lane.opened.connect(self.segment_opened)
        theme.appearance().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(720, 440)

    @property
    def selected(self) -> int | None:
        """The id of the selected segment."""
        return self.lane.chosen

    def show_recording(
        self, samples: NDArray[np.float32], rate_hz: float, lanes: Sequence[Lane], gaps: Sequence[Gap] = ()
    ) -> None:
        """Show ``samples`` (n, channels) taken at ``rate_hz``, from the first to the last, and what is missing."""
        self._rate, self._rows = rate_hz, len(samples)
        self._marked = None
        seconds = len(samples) / rate_hz
        self.traces.set_lanes(lanes)
        self.traces.set_gaps([GapMark(gap.row / rate_hz, gap.readings, gap.readings / rate_hz) for gap in gaps])
        self.lane.set_recording(len(samples), rate_hz)
        self.overview.set_samples(samples, seconds)
        if len(samples):
            self.traces.set_limits(0.0, seconds, min(seconds, _CLOSEST_ROWS / rate_hz))
            self.traces.show_samples(np.arange(len(samples)) / rate_hz, samples)
            self.traces.set_view(0.0, seconds)
        else:
            self.traces.show_samples(np.empty(0), np.empty((0, len(lanes)), np.float32))
        self._view_changed(*self.traces.view)

    def set_segments(self, segments: Sequence[LaneSegment], colours: Mapping[str, QColor]) -> None:
        """Show these segments, with a colour a label."""
        self._segments, self._colours = tuple(segments), colours
        self.lane.set_segments(segments, colours)
        self._tint()

    def select(self, segment_id: int | None, *, reveal: bool = False) -> None:
        """Select a segment without telling; ``reveal`` brings it into view."""
        self.lane.choose(segment_id)
        self._tint()
        found = next((segment for segment in self._segments if segment.id == segment_id), None)
        if reveal and found is not None:
            start, stop = self.traces.view
            first, last = found.start / self._rate, found.stop / self._rate
            if first < start or last > stop:
                length = max(stop - start, (last - first) * 1.5)
                middle = (first + last) / 2
                self.traces.set_view(middle - length / 2, middle + length / 2)

    def look_at(self, start: int, stop: int) -> None:
        """Mark rows ``start`` to ``stop`` and bring them into view, with as much again on either side."""
        self._marked = (start, stop)
        self._tint()
        length = stop - start
        first, last = max(0, start - length), min(self._rows, stop + length)
        self.traces.set_view(first / self._rate, last / self._rate)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tint(self) -> None:
        muted = QColor(theme.now().muted)
        bands = [
            Band(
                segment.start / self._rate,
                segment.stop / self._rate,
                self._colours.get(segment.label, muted),
                strong=segment.id == self.lane.chosen,
            )
            for segment in self._segments
        ]
        if self._marked is not None:
            start, stop = self._marked
            bands.append(Band(start / self._rate, stop / self._rate, QColor(theme.now().accent), strong=True))
        self.traces.set_bands(bands)
        self.overview.set_bands(bands)

    def _view_changed(self, start: float, stop: float) -> None:
        self.overview.set_view(start, stop)
        self.lane.set_view(start * self._rate, stop * self._rate)

    def _selected(self, segment_id: int | None) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._tint()
        self.segment_selected.emit(segment_id)

    def _clicked(self, seconds: float) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        row = seconds * self._rate
        under = next((segment.id for segment in self._segments if segment.start <= row < segment.stop), None)
        if under != self.lane.chosen:
            self.lane.choose(under)
            self._selected(under)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        start, stop = self.traces.view
        step = (stop - start) * _PAN
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self.label_key.emit(key - Qt.Key.Key_1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected is not None:
            self.removal_asked.emit(self.selected)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._pan(-step if key == Qt.Key.Key_Left else step)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Up):
            self.traces.zoom(1, (start + stop) / 2)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Down):
            self.traces.zoom(-1, (start + stop) / 2)
        elif key == Qt.Key.Key_0:
            self.traces.set_view(0.0, self._rows / self._rate)
        elif key == Qt.Key.Key_Escape:
            self._escape()
        else:
            super().keyPressEvent(event)

    def _pan(self, seconds: float) -> None:
        start, stop = self.traces.view
        end = self._rows / self._rate
        by = math.copysign(min(abs(seconds), end - stop if seconds > 0 else start), seconds)
        self.traces.set_view(start + by, stop + by)

    def _escape(self) -> None:
        if not self.lane.cancel_drag() and self.lane.chosen is not None:
            self.lane.choose(None)
            self._selected(None)

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
        colour = now.accent if self.hasFocus() else now.line
        painter.setPen(QPen(QColor(colour), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
