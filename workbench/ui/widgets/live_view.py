"""The live signal with what one does to look at it: toolbar, plot, the way back in time, and analysis below."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollBar, QStackedWidget, QVBoxLayout, QWidget

from workbench.capture.status import CaptureStatus
from workbench.ui import theme
from workbench.ui.widgets.gap_marks import GapMark
from workbench.ui.widgets.lane_headers import Lane
from workbench.ui.widgets.live_feed import LiveFeed, Readings
from workbench.ui.widgets.live_plot import LivePlot, Scale
from workbench.ui.widgets.live_statistics import LiveStatistics
from workbench.ui.widgets.live_toolbar import LiveToolbar
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.spectral_arithmetic import spectrogram, spectrum
from workbench.ui.widgets.spectrum_views import SpectrogramView, SpectrumView

_ANALYSE_EVERY_S = 0.2
_MOST_ROWS = 50_000  # analysed at once
_MOST_VALUES = 200_000  # and more rows of few channels: ten seconds of sound
_SCROLL_S = 0.01  # of one step of the scroll bar
_NOTHING, _SPECTRUM, _SPECTROGRAM, _STATISTICS = range(4)


class LiveView(QWidget):
    """Call ``show_frame`` some tens of times a second."""

    def __init__(self, extra: Sequence[tuple[str, QWidget]] = (), parent: QWidget | None = None) -> None:
        """``extra`` are more things to stand under the plot: title and widget."""
        super().__init__(parent)
        self.feed = LiveFeed()
        self.bar = LiveToolbar()
        self.plot = LivePlot()
        self.plot.set_span(self.bar.span)
        self.back = QScrollBar(Qt.Orientation.Horizontal)
        self.back.setAccessibleName("Time in view")
        self.back.hide()
        self.below = Segmented(
            ("Plot only", "Spectrum", "Spectrogram", "Statistics", *(title for title, _ in extra)),
            tip="What stands under the plot",
        )
        self.below.choose(_NOTHING)
        self.channel = QComboBox()
        self.channel.setAccessibleName("Channel of the spectrogram")
        self.channel.hide()
        self.spectrum, self.spectrogram, self.statistics = SpectrumView(), SpectrogramView(), LiveStatistics()
        self.pane = QStackedWidget()
        for widget in (QWidget(), self.spectrum, self.spectrogram, self.statistics, *(one for _, one in extra)):
            self.pane.addWidget(widget)
        self.pane.hide()
        self._readings: Readings | None = None
        self._status: CaptureStatus | None = None
        self._analysed_s = 0.0
        self._lay_out()
        self.bar.overlaid_changed.connect(self._set_overlaid)
        self.bar.bounds_wanted.connect(self._propose_bounds)
        self.bar.scale_changed.connect(self._set_scale)
        self.bar.span_changed.connect(self._set_span)
        self.bar.pause_changed.connect(self._pause)
        self.plot.pause_asked.connect(self.bar.pause.toggle)
        self.back.valueChanged.connect(lambda _value: self._draw())
        self.below.chosen.connect(self._show_below)
        self.channel.activated.connect(lambda _place: self._analyse())

    def _lay_out(self) -> None:
        choice = QHBoxLayout()
        choice.setSpacing(theme.GRID)
        choice.addWidget(self.below)
        choice.addWidget(self.channel)
        choice.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.bar)
        column.addWidget(self.plot, 3)
        column.addWidget(self.back)
        column.addLayout(choice)
        column.addWidget(self.pane, 2)

    def start_over(self) -> None:
        """Another capture begins."""
        self._readings, self._status = None, None
        self.feed.forget()
        self.plot.set_lanes([])
        self.plot.traces.set_gaps([])
        self.bar.pause.setChecked(False)

    # --- frames ------------------------------------------------------------------------------------

    def show_frame(self, readings: Readings, status: CaptureStatus) -> None:
        """Take in what has come, and draw."""
        self._readings, self._status = readings, status
        self.feed.collect(readings, status.rate_hz)
        if self.feed.held:
            return
        self._name_channels([Lane(channel.name, channel.unit) for channel in status.channels])
        self._draw()
        if self.pane.isVisible() and time.monotonic() - self._analysed_s > _ANALYSE_EVERY_S:
            self._analyse()

    def _name_channels(self, lanes: list[Lane]) -> None:
        if tuple(lanes) == self.plot.traces.lanes:
            return
        self.plot.set_lanes(lanes)
        with QSignalBlocker(self.channel):
            self.channel.clear()
            self.channel.addItems([lane.name for lane in lanes])

    @property
    def stop_s(self) -> float:
        """The time at the right edge of the plot."""
        return self.back.value() * _SCROLL_S if self.feed.held else self.feed.newest_s

    def _draw(self) -> None:
        if self._readings is None:
            return
        stop = self.stop_s
        times, samples = self.feed.rows(self._readings, max(stop, self.plot.span) - self.plot.span, stop)
        if self._status is not None:
            self.plot.traces.set_gaps([GapMark(one.at_s, one.readings, one.seconds) for one in self._status.seen_gaps])
        if len(samples) and samples.shape[1] == len(self.plot.traces.lanes):
            self.plot.draw(times, samples, stop)
        if self.feed.held and self.pane.isVisible():
            self._analyse()

    def _analyse(self) -> None:
        self._analysed_s = time.monotonic()
        if self._readings is None or self._status is None:
            return
        lanes = self.plot.traces.lanes
        most = max(_MOST_ROWS, _MOST_VALUES // max(1, len(lanes)))
        times, samples = self.feed.newest(self._readings, self.stop_s, self.plot.span, most)
        if samples.shape[1] != len(lanes):
            return
        rate = self._status.rate_hz or 0.0
        if self.below.current == _SPECTRUM:
            self.spectrum.show_spectrum(spectrum(samples, rate), [lane.unit for lane in lanes])
        elif self.below.current == _SPECTROGRAM and lanes:
            place = max(0, self.channel.currentIndex())
            self.spectrogram.show_spectrogram(spectrogram(samples[:, place], times, rate), lanes[place].name)
        elif self.below.current == _STATISTICS:
            self.statistics.show_samples(lanes, samples)

    # --- choices -----------------------------------------------------------------------------------

    def _set_overlaid(self, overlaid: bool) -> None:
        self.plot.traces.set_overlaid(overlaid)
        self._draw()

    def _set_scale(self, scale: Scale, bounds: tuple[float, float]) -> None:
        self.plot.set_scale(scale, bounds)
        self._draw()

    def _propose_bounds(self) -> None:
        """A fixed scale begins with what is in view."""
        if self.plot.ranges:
            lows, highs = zip(*self.plot.ranges, strict=True)
            self.bar.propose_bounds(min(lows), max(highs))

    def _set_span(self, seconds: float) -> None:
        self.plot.set_span(seconds)
        self._set_reach()
        self._draw()

    def _pause(self, paused: bool) -> None:
        self.feed.hold(self._readings if paused else None)
        self.back.setVisible(paused and self.feed.held)
        self._set_reach()
        if self.feed.held:
            self.back.setValue(self.back.maximum())
        self._draw()

    def _set_reach(self) -> None:
        first, last = self.feed.bounds
        earliest = min(first + self.plot.span, last)
        with QSignalBlocker(self.back):
            self.back.setRange(int(earliest / _SCROLL_S), int(last / _SCROLL_S) + 1)
            self.back.setPageStep(max(1, int(self.plot.span / _SCROLL_S)))
            self.back.setSingleStep(max(1, int(self.plot.span / _SCROLL_S / 20)))

    def show_plot_only(self) -> None:
        """Let what stands under the plot give way."""
        self.below.choose(_NOTHING)
        self._show_below(_NOTHING)

    def _show_below(self, place: int) -> None:
        self.pane.setCurrentIndex(place)
        self.pane.setVisible(place != _NOTHING)
        self.channel.setVisible(place == _SPECTROGRAM)
        self._analyse()
