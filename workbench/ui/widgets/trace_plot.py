"""Channels stacked over a shared time axis, each in a lane of its own with its name, unit and scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QHBoxLayout, QSizePolicy, QToolTip, QWidget

from workbench.quantities import THIN_SPACE
from workbench.ui import theme
from workbench.ui.widgets.gap_marks import GapMark, GapMarks
from workbench.ui.widgets.lane_headers import AXIS_HEIGHT, FILL, HEADER_WIDTH, Lane, LaneHeaders, trace_colour
from workbench.ui.widgets.plot_arithmetic import lane_ranges, peaks, time_unit, torn

_ZOOM_PER_STEP = 0.8
_NEAR = 5  # px from a gap that tell of it


@dataclass(frozen=True)
class Band:
    """A tinted stretch behind the traces: from ``start`` to ``stop`` in seconds."""

    start: float
    stop: float
    colour: QColor
    strong: bool = False


class TracePlot(QWidget):
    """Draws rows of samples; tells which stretch of time is in view and where the pointer is.

    ``coloured`` gives each channel its own colour; otherwise all are drawn in the text colour and colour is
    left to the bands.
    """

    view_changed = Signal(float, float)  # seconds
    hovered = Signal(float)  # seconds; NaN when the pointer leaves
    clicked = Signal(float)  # seconds

    def __init__(self, *, coloured: bool, zoomable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._coloured = coloured
        self._zoomable = zoomable
        self._samples = np.empty((0, 0), np.float32)
        self._times = np.empty(0, np.float64)
        self._smooth = True
        self._overlaid = False
        self._time_unit = (1.0, "s")
        self._ranges: list[tuple[float, float]] = []
        self._lanes: tuple[Lane, ...] = ()
        self._curves: list[pg.PlotDataItem] = []
        self._separators: list[pg.InfiniteLine] = []
        self._bands: list[QGraphicsRectItem] = []
        self._band_specs: tuple[Band, ...] = ()
        self._build()
        theme.appearance().changed.connect(self.restyle)
        self.restyle()

    def _build(self) -> None:
        self._headers = LaneHeaders(self._coloured)
        self._plot = pg.PlotWidget(enableMenu=False)  # making the menu would take twenty milliseconds
        self._item = self._plot.getPlotItem()
        self._box = self._item.getViewBox()
        self._item.hideAxis("left")
        self._item.hideButtons()
        self._item.layout.setContentsMargins(0, 0, 0, 0)
        self._item.getAxis("bottom").setHeight(AXIS_HEIGHT)
        self._box.setDefaultPadding(0)
        self._box.setMouseEnabled(x=self._zoomable, y=False)
        self._box.disableAutoRange()
        self._gaps = GapMarks(self._item)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.setZValue(20)
        self._cursor.hide()
        self._item.addItem(self._cursor, ignoreBounds=True)
        self._box.sigXRangeChanged.connect(self._range_changed)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        self._plot.viewport().installEventFilter(self)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.viewport().setMouseTracking(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._headers)
        layout.addWidget(self._plot, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(640, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(HEADER_WIDTH + 160, 120)

    @property
    def view(self) -> tuple[float, float]:
        """The stretch of time in view, in seconds."""
        low, high = self._box.viewRange()[0]
        return float(low), float(high)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The channels, from the top down."""
        return self._lanes

    @property
    def canvas(self) -> QWidget:
        """The area that the traces are drawn on."""
        viewport: QWidget = self._plot.viewport()
        return viewport

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """Name the channels; what was drawn is forgotten when they differ from the ones before."""
        wanted = tuple(lanes)
        if wanted == self._lanes:
            return
        self._lanes = wanted
        for item in (*self._curves, *self._separators):
            self._item.removeItem(item)
        self._curves = []
        for _ in wanted:
            curve = self._item.plot()
            if self._zoomable:
                curve.setClipToView(True)
                curve.setDownsampling(auto=True, method="peak")
            self._curves.append(curve)
        self._separators = [pg.InfiniteLine(pos=index, angle=0) for index in range(1, len(wanted))]
        for line in self._separators:
            line.setZValue(-20)
            self._item.addItem(line, ignoreBounds=True)
        self._show_all_lanes()
        self._samples = np.empty((0, len(wanted)), np.float32)
        self._times = np.empty(0, np.float64)
        self._ranges = []
        self._headers.lanes = wanted
        self._headers.values = None
        self.restyle()

    def set_overlaid(self, overlaid: bool) -> None:
        """Draw all channels over each other on one scale, or each in a lane of its own."""
        self._overlaid = overlaid
        self._headers.overlaid = overlaid
        self._show_all_lanes()
        self.set_bands(self._band_specs)
        self.set_gaps(self._gaps.marks)
        self._headers.update()

    def _show_all_lanes(self) -> None:
        for line in self._separators:
            line.setVisible(not self._overlaid)
        self._box.setYRange(0, self._lane_count, padding=0)

    @property
    def _lane_count(self) -> int:
        return 1 if self._overlaid else max(1, len(self._lanes))

    def show_samples(
        self,
        times: NDArray[np.float64],
        samples: NDArray[np.float32],
        *,
        ranges: list[tuple[float, float]] | None = None,
    ) -> None:
        """Draw ``samples`` (n, channels) at ``times`` (n,) seconds, in increasing order.

        ``ranges`` (low, high) a channel; by default they cover what is drawn.
        """
        self._times, self._samples = times, samples
        if len(samples) == 0 or samples.shape[1] != len(self._lanes):
            for curve in self._curves:
                curve.setData([], [])
            return
        if ranges is None:
            units = tuple(lane.unit for lane in self._lanes)
            with np.errstate(all="ignore"):
                low, high = np.nanmin(samples, axis=0), np.nanmax(samples, axis=0)
            ranges = lane_ranges(low, high, units)
        if self._overlaid:
            whole = (min(low for low, _ in ranges), max(high for _, high in ranges))
            ranges = [whole] * len(self._lanes)
        self._ranges = ranges
        columns = max(64, self.canvas.width())
        self._smooth = self._is_sparse()
        count = self._lane_count
        silences = [mark.at_s for mark in self._gaps.marks if mark.seconds > 0]
        for index, curve in enumerate(self._curves):
            low_edge, high_edge = ranges[index]
            column = samples[:, index]
            when = times
            if not self._zoomable:
                when, column = torn(*peaks(times, column, columns), silences)
            inside = np.clip((column - low_edge) / (high_edge - low_edge), 0, 1)  # not into its neighbour's lane
            bottom = (0 if self._overlaid else count - 1 - index) + (1 - FILL) / 2
            curve.setData(when, bottom + inside * FILL, connect="finite", antialias=self._smooth)
        if self._headers.ranges != ranges:
            self._headers.ranges = ranges
            self._headers.update()

    def set_view(self, start: float, stop: float) -> None:
        """Show this stretch of time, in seconds."""
        if stop > start:
            self._box.setXRange(start, stop, padding=0)

    def set_limits(self, start: float, stop: float, shortest: float) -> None:
        """Keep panning and zooming within these seconds, and no closer than ``shortest`` seconds."""
        self._time_unit = time_unit(stop - start)
        length, unit = self._time_unit
        self._item.getAxis("bottom").setScale(1 / length)
        self._headers.time_unit = unit
        self._headers.update()
        self._box.setLimits(xMin=start, xMax=stop, minXRange=shortest, maxXRange=max(stop - start, shortest))

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Tint these stretches."""
        self._band_specs = tuple(bands)
        while len(self._bands) > len(bands):
            self._item.removeItem(self._bands.pop())
        while len(self._bands) < len(bands):
            rectangle = QGraphicsRectItem()
            rectangle.setZValue(-30)
            self._item.addItem(rectangle, ignoreBounds=True)
            self._bands.append(rectangle)
        height = self._lane_count
        for rectangle, band in zip(self._bands, self._band_specs, strict=True):
            fill = QColor(band.colour)
            fill.setAlphaF(0.30 if band.strong else 0.14)
            rectangle.setRect(QRectF(band.start, 0, band.stop - band.start, height))
            rectangle.setBrush(fill)
            edge = QPen(band.colour, 0)
            rectangle.setPen(edge if band.strong else QPen(Qt.PenStyle.NoPen))

    def set_gaps(self, marks: Sequence[GapMark]) -> None:
        """Mark where readings are missing."""
        self._gaps.show(marks, self._lane_count)

    @property
    def gaps(self) -> tuple[GapMark, ...]:
        """The places that are marked."""
        return self._gaps.marks

    def set_cursor(self, seconds: float) -> None:
        """Stand the cursor there and show the values under it; NaN takes it away."""
        if not np.isfinite(seconds) or not len(self._times):
            self._cursor.hide()
            self._headers.values = None
            self._headers.cursor_text = ""
        else:
            row = int(np.clip(np.searchsorted(self._times, seconds), 0, len(self._times) - 1))
            self._headers.values = [float(value) for value in self._samples[row]]
            length, unit = self._time_unit
            self._headers.cursor_text = f"{seconds / length:.4f}"[:8] + f"{THIN_SPACE}{unit}"
            self._cursor.setPos(seconds)
            self._cursor.show()
        self._headers.update()

    def zoom(self, steps: float, around: float) -> None:
        """Zoom in by ``steps`` (out where negative), keeping the second ``around`` in its place."""
        low, high = self.view
        factor = _ZOOM_PER_STEP**steps
        self.set_view(around - (around - low) * factor, around + (high - around) * factor)

    def seconds_at(self, x: float) -> float:
        """The time under a pixel of the canvas."""
        low, high = self.view
        return low + (high - low) * x / max(1, self.canvas.width())

    def pixel_of(self, seconds: float) -> float:
        """The canvas pixel of a time."""
        low, high = self.view
        return (seconds - low) / (high - low) * self.canvas.width()

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        now = theme.now()
        theme.style_plot(self._plot)
        grid = QPen(QColor(now.line), 1)
        grid.setCosmetic(True)
        self._item.getAxis("bottom").setPen(grid)
        for line in self._separators:
            line.setPen(grid)
        self._cursor.setPen(pg.mkPen(now.accent, width=1))
        self._gaps.restyle()
        for index, curve in enumerate(self._curves):
            colour = trace_colour(index) if self._coloured else QColor(now.text)
            curve.setPen(pg.mkPen(colour, width=1))
        self.set_bands(self._band_specs)
        self._headers.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._plot.viewport():
            if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
                self.hovered.emit(self.seconds_at(event.position().x()))
                self._tell_of_gap(event)
            elif event.type() == QEvent.Type.Leave:
                self.hovered.emit(float("nan"))
            elif event.type() == QEvent.Type.Wheel:
                return not self._zoomable  # a plot that cannot zoom leaves the wheel to the page
        return super().eventFilter(watched, event)

    def _tell_of_gap(self, event: QMouseEvent) -> None:
        x = event.position().x()
        near = self._gaps.near(self.seconds_at(x), self.seconds_at(_NEAR) - self.seconds_at(0))
        if near is not None:
            QToolTip.showText(event.globalPosition().toPoint(), near.words, self.canvas)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    def _is_sparse(self) -> bool:
        """Whether few enough rows are in view for smooth lines: a dense trace is a band of colour anyway, and
        smoothing one costs three frames."""
        if not self._zoomable:
            return len(self._times) <= 2 * self.canvas.width()
        start, stop = self.view
        first, last = np.searchsorted(self._times, (start, stop))
        return int(last - first) <= 2 * self.canvas.width()

    def _range_changed(self) -> None:
        smooth = self._is_sparse()
        if self._zoomable and smooth != self._smooth:
            self._smooth = smooth
            for curve in self._curves:
                curve.opts["antialias"] = smooth
                curve.updateItems(styleUpdate=False)
        self.view_changed.emit(*self.view)

    def _clicked(self, event: Any) -> None:
        position: QPointF = event.scenePos()
        self.clicked.emit(self.seconds_at(position.x()))
