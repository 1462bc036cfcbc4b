"""The live spectrum of all channels, and the spectrogram of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from workbench.quantities import THIN_SPACE, three_digits
from workbench.ui import theme
from workbench.ui.widgets.chart import Axis, Chart
from workbench.ui.widgets.lane_headers import trace_colour
from workbench.ui.widgets.plot_arithmetic import number, round_range
from workbench.ui.widgets.spectral_arithmetic import Spectrogram, Spectrum, loudest_of

_WAITING = "A spectrum needs a known rate and some readings."
_LEAST_DECIBELS = 20.0  # from the loudest down to what is drawn as nothing
_SHADES = 256
_MOST_POINTS = 16_000  # of all lines of a spectrum
_FEWEST_POINTS = 200  # of one
_SMOOTH_LINES = 8


class SpectrumView(Chart):
    """Amplitude over frequency, a line a channel; under the pointer the frequency and the loudest amplitude."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Live spectrum")
        self.setMouseTracking(True)
        self.spectrum: Spectrum | None = None
        self._pointer: QPointF | None = None
        self._top = 0.0
        self.empty_text = _WAITING

    def show_spectrum(self, spectrum: Spectrum | None, units: Sequence[str]) -> None:
        """Draw another one; the units of the channels are named where they are the same."""
        self.spectrum = spectrum
        self.empty_text = "" if spectrum is not None else _WAITING
        if spectrum is not None:
            loudest = float(spectrum.amplitudes.max(initial=0.0))
            if loudest > self._top or loudest < self._top / 4:
                self._top = round_range(0.0, loudest or 1.0)[1]
            unit = f" ({units[0]})" if len(set(units)) == 1 and units[0] else ""
            self.set_axes(
                Axis("frequency (Hz)", 0.0, float(spectrum.frequencies[-1])), Axis(f"amplitude{unit}", 0.0, self._top)
            )
        self.update()

    def paint_data(self, painter: QPainter) -> None:
        if self.spectrum is None:
            return
        area = self.area
        channels = self.spectrum.amplitudes.shape[1]
        few = channels <= _SMOOTH_LINES
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)  # of many lines it costs tenths of a second
        columns = max(_FEWEST_POINTS, min(round(area.width()), _MOST_POINTS // max(1, channels)))
        drawn = loudest_of(self.spectrum, columns)
        xs = area.left() + drawn.frequencies / self.x_axis.span * area.width()
        ys = area.bottom() - drawn.amplitudes / self.y_axis.span * area.height()
        for channel in range(channels):
            painter.setPen(QPen(trace_colour(channel), 1.2 if few else 1.0))
            painter.drawPath(pg.arrayToQPath(xs, np.ascontiguousarray(ys[:, channel])))

    def paint_above(self, painter: QPainter) -> None:
        if self._pointer is None or self.spectrum is None or not self.area.contains(self._pointer):
            return
        now, area = theme.now(), self.area
        painter.setPen(QPen(QColor(now.accent), 1))
        painter.drawLine(QPointF(self._pointer.x(), area.top()), QPointF(self._pointer.x(), area.bottom()))
        painter.setPen(QColor(now.text))
        painter.drawText(area.adjusted(8, 4, -8, 0), Qt.AlignmentFlag.AlignRight, self.reading())

    def reading(self) -> str:
        """What stands under the pointer."""
        if self._pointer is None or self.spectrum is None:
            return ""
        hertz, _ = self.value_at(self._pointer)
        bin_ = int(np.abs(self.spectrum.frequencies - hertz).argmin())
        loudest = float(self.spectrum.amplitudes[bin_].max())
        return f"{number(float(self.spectrum.frequencies[bin_]))}{THIN_SPACE}Hz: {three_digits(loudest)}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, _event: object) -> None:
        self._pointer = None
        self.update()


class SpectrogramView(Chart):
    """Frequency upwards over time; the brighter the louder, from the usual level up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Live spectrogram")
        self.spectrogram: Spectrogram | None = None
        self._image = QImage()
        self.empty_text = _WAITING

    def show_spectrogram(self, found: Spectrogram | None, channel: str) -> None:
        """Draw the spectrogram of a channel."""
        self.spectrogram = found
        self.empty_text = "" if found is not None else _WAITING
        if found is not None:
            loudest = float(found.levels.max())
            depth = max(loudest - float(np.median(found.levels)), _LEAST_DECIBELS)
            shades = np.clip((found.levels - loudest) / depth + 1, 0, 1)[::-1] * (_SHADES - 1)
            pixels = np.ascontiguousarray(shades.astype(np.uint8))
            height, width = pixels.shape
            self._image = QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
            self._image.setColorTable(_shades())
            seconds = found.stop_s - found.start_s
            self.set_axes(
                Axis("seconds before now", -seconds, 0.0),
                Axis(f"{channel}: frequency (Hz)", 0.0, found.highest_hz),
            )
        self.update()

    def paint_data(self, painter: QPainter) -> None:
        if self.spectrogram is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.area), self._image)


def _shades() -> list[int]:
    """From the ground of the panel over the accent to the colour of text."""
    now = theme.now()
    steps = np.linspace(0, 1, _SHADES).tolist()
    low = [theme.mixed(now.panel, now.accent, 2 * step) for step in steps if step < 0.5]
    high = [theme.mixed(now.accent, now.text, 2 * step - 1) for step in steps if step >= 0.5]
    return [QColor(colour).rgb() for colour in (*low, *high)]
