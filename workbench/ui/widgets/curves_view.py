"""Loss and accuracy (or error) of a training, epoch by epoch, while it runs and afterwards."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.widgets.chart import Axis, Chart
from workbench.ui.widgets.plot_arithmetic import round_range

_SWATCH = 18.0  # px for a line of the legend and the gap behind it
_KEPT = "the model kept: lowest validation loss"


@dataclass(frozen=True)
class Metric:
    """One quantity of a training: its key in the history, its name, and how a number of it reads."""

    key: str
    title: str
    share: bool = False  # a share of 1, shown in percent

    def text(self, value: float) -> str:
        """A value as it is shown."""
        return f"{value * 100:.3g} %" if self.share else f"{value:.3g}"


LOSS = Metric("loss", "Loss")
ACCURACY = Metric("accuracy", "Accuracy", share=True)


class MetricCurve(Chart):
    """Training and validation values of one metric over the epochs."""

    def __init__(self, metric: Metric, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.quantity = metric
        self._train: list[float] = []
        self._validation: list[float] = []
        self._kept: int | None = None
        self._epochs = 1
        self.setMouseTracking(True)
        self.setAccessibleName(f"{metric.title} by epoch")

    def show_values(
        self, train: Sequence[float], validation: Sequence[float], epochs: int, kept: int | None = None
    ) -> None:
        """Draw these; ``epochs`` is how many there may be, ``kept`` (from 0) the one whose weights are kept."""
        self._train, self._validation = list(train), list(validation)
        self._kept = kept if kept is not None and kept < len(validation) else None
        self._epochs = max(epochs, len(train), 1)
        values = [value for value in (*train, *validation) if math.isfinite(value)]
        if self.quantity.share:
            low, high = min([*values, 0.5]), 1.0
            low = math.floor(low * 5) / 5
        else:
            # One wild first epoch must not flatten the rest.
            ordered = sorted(values) or [0.0, 1.0]
            low, high = round_range(0.0, ordered[min(len(ordered) - 1, int(len(ordered) * 0.98))])
        self.set_axes(
            Axis("epoch", 1 if self._epochs > 1 else 0, self._epochs, whole=True),
            Axis(self.quantity.title, low, high, self.quantity.text),
        )

    @property
    def kept(self) -> int | None:
        """The epoch (from 0) that is marked: its weights are the model."""
        return self._kept

    def paint_data(self, painter: QPainter) -> None:
        now = theme.now()
        for values, colour, width in ((self._train, now.muted, 1.5), (self._validation, now.accent, 2.0)):
            points = [self.at(i + 1, value) for i, value in enumerate(values) if math.isfinite(value)]
            painter.setPen(QPen(QColor(colour), width))
            if len(points) == 1:
                painter.setBrush(QColor(colour))
                painter.drawEllipse(points[0], 2, 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(points))

    def paint_above(self, painter: QPainter) -> None:
        """The ring, and the latest values in the line of the title; where it is narrow the validation's alone."""
        now = theme.now()
        if self._kept is not None:
            point = self.at(self._kept + 1, self._validation[self._kept])
            painter.setBrush(QColor(now.panel))
            painter.setPen(QPen(QColor(now.accent), 2))
            painter.drawEllipse(point, 4, 4)
        metrics = self.fontMetrics()
        series = ((self._validation, now.text), (self._train, now.muted))
        right, least = self.width() - 12.0, metrics.horizontalAdvance(self.y_axis.title) + 3.0 * theme.GRID
        for values, colour in series:
            text = self.quantity.text(values[-1]) if values else ""
            width = metrics.horizontalAdvance(text)
            slot = QRectF(right - width, 0, width + 1, metrics.height() + 2)
            if slot.left() < least:
                return
            painter.setPen(QColor(colour))
            painter.drawText(slot, Qt.AlignmentFlag.AlignVCenter, text)
            right = slot.left() - 2 * theme.GRID

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        epoch = round(self.value_at(event.position())[0])
        if not 1 <= epoch <= len(self._train) or not self.area.contains(event.position()):
            QToolTip.hideText()
            return
        lines = [f"epoch {epoch}", f"training {self.quantity.text(self._train[epoch - 1])}"]
        if epoch <= len(self._validation):
            lines.append(f"validation {self.quantity.text(self._validation[epoch - 1])}")
        if epoch - 1 == self._kept:
            lines.append(_KEPT)
        QToolTip.showText(event.globalPosition().toPoint(), "\n".join(lines), self)


class _Legend(QWidget):
    """What the lines and the ring are, once for both charts; what does not fit is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(self.fontMetrics().height() + 4)
        self.setAccessibleName(f"Grey: training. Blue: validation. Ring: {_KEPT}.")

    def paintEvent(self, _event: QPaintEvent) -> None:
        now, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, left, middle = self.fontMetrics(), 4.0, self.height() / 2
        for text, colour, ring in (
            ("training", now.muted, False),
            ("validation", now.accent, False),
            ("epoch kept", now.accent, True),
        ):
            width = metrics.horizontalAdvance(text)
            if left + _SWATCH + width > self.width():
                return
            painter.setPen(QPen(QColor(colour), 2))
            if ring:
                painter.drawEllipse(QPointF(left + 6, middle), 4, 4)
            else:
                painter.drawLine(QPointF(left, middle), QPointF(left + 12, middle))
            painter.setPen(QColor(now.muted))
            slot = QRectF(left + _SWATCH, 0, width + 1, self.height())
            painter.drawText(slot, Qt.AlignmentFlag.AlignVCenter, text)
            left = slot.right() + 2 * theme.GRID


class CurvesView(QWidget):
    """Two charts side by side: the loss, and what the loss stands for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss = MetricCurve(LOSS)
        self.quality = MetricCurve(ACCURACY)
        self._history: dict[str, list[float]] = {}
        self._epochs = 1
        self._keeps_last = False
        row = QHBoxLayout()
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.loss, 1)
        row.addWidget(self.quality, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(_Legend())
        column.addLayout(row, 1)

    @property
    def epochs_shown(self) -> int:
        """How many epochs are drawn."""
        return len(self._history.get("loss", []))

    def clear(self, metric: Metric, epochs: int, *, keeps_last: bool = False) -> None:
        """Get ready for a new training of at most ``epochs`` epochs, which keeps its last epoch or its best."""
        self._history, self._epochs, self._keeps_last = {}, epochs, keeps_last
        self.quality.quantity = metric
        self._draw()

    def add_epoch(self, values: Mapping[str, float]) -> None:
        """One more epoch: ``loss``, ``val_loss``, and the metric's key with and without ``val_``."""
        for key, value in values.items():
            self._history.setdefault(key, []).append(float(value))
        self._draw()

    def show_history(self, metric: Metric, history: Mapping[str, Sequence[float]], *, keeps_last: bool = False) -> None:
        """Draw a training that is over."""
        self._keeps_last = keeps_last
        self._history = {key: [float(value) for value in values] for key, values in history.items()}
        self._epochs = len(self._history.get("loss", []))
        self.quality.quantity = metric
        self._draw()

    def _kept(self) -> int | None:
        """The epoch (from 0) whose weights a training keeps: the last, or the one with the lowest validation loss."""
        losses = self._history.get("val_loss", [])
        if self._keeps_last:
            return len(losses) - 1 if losses else None
        return min((loss, epoch) for epoch, loss in enumerate(losses))[1] if losses else None

    def _draw(self) -> None:
        kept = self._kept()
        for curve in (self.loss, self.quality):
            key = curve.quantity.key
            curve.show_values(self._history.get(key, []), self._history.get(f"val_{key}", []), self._epochs, kept)
