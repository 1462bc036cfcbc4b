"""What a recipe does to each layer: histogram of its weights, map of its zeros, error; a switch to leave it alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workbench.compression.instant.layer_views import REMOVED, STAYS, ZERO, LayerView
from workbench.quantities import NOTHING, percent
from workbench.ui import theme
from workbench.ui.widgets.roles import words

ROW = 88  # px
_FULL_DB = 60.0  # the whole bar; eight bits alone give about 45 dB to weights
_EXACT_DB = 100.0  # what is left is the rounding of float32
_ERRORS_WIDTH = 164.0  # px
_NOT_PRUNED = {"DEPTHWISE_CONV_2D": "its weights are too few to prune"}
_POOR_DB, _FAIR_DB = 10.0, 25.0


class LayersView(QWidget):
    """A row a layer; ``exempt_changed`` carries the names of all that are left alone."""

    exempt_changed = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = words("", "muted")
        self.note.setWordWrap(True)
        self.rows: list[LayerRow] = []
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.GRID)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.note)
        column.addWidget(scroll, 1)

    def show_layers(self, layers: Sequence[LayerView], exempt: Sequence[str], note: str, *, stale: bool) -> None:
        """Show layers in their order; ``note`` says what their weights are."""
        self.note.setText(note)
        if [row.name for row in self.rows] != [layer.name for layer in layers]:
            self._make_rows([layer.name for layer in layers])
        for number, (row, layer) in enumerate(zip(self.rows, layers, strict=True), 1):
            row.show_layer(layer, layer.name in exempt, is_last=number == len(layers), stale=stale)

    def show_none(self, reason: str) -> None:
        """Show why there is nothing to see."""
        self.note.setText(reason)
        self._make_rows(())

    def _make_rows(self, names: Sequence[str]) -> None:
        for row in self.rows:
            row.deleteLater()
        self.rows = [LayerRow(name) for name in names]
        for place, row in enumerate(self.rows):
            row.switched.connect(self._tell)
            self._column.insertWidget(place, row)

    def _tell(self) -> None:
        self.exempt_changed.emit(tuple(row.name for row in self.rows if row.alone.isChecked()))


class LayerRow(QFrame):
    """One layer."""

    switched = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.name = name
        self.title = words(name)
        self.facts = words("", "muted")
        self.alone = QCheckBox("Leave alone")
        self.alone.setToolTip("Do not prune, narrow or cluster this layer; it is only quantized")
        self.picture = LayerPicture(name)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self.title)
        left.addWidget(self.facts)
        left.addWidget(self.alone)
        side = QWidget()
        side.setFixedWidth(248)
        side.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(side)
        row.addWidget(self.picture, 1)
        self.setFixedHeight(ROW + 12)
        self.alone.clicked.connect(lambda _on: self.switched.emit())

    def show_layer(self, layer: LayerView, exempt: bool, *, is_last: bool, stale: bool) -> None:
        """Show what the layer's weights are now."""
        self.alone.setChecked(exempt)
        gone = int((layer.zero_map == REMOVED).sum())
        removed = f" · {gone / layer.zero_map.size * 100:.0f}\u2009% gone" if gone else ""
        self.facts.setText(f"{layer.weights:,} weights · {percent(layer.zeros / max(layer.weights, 1))} zero{removed}")
        reason = "keeps its outputs" if is_last else _NOT_PRUNED.get(layer.kind, "")
        self.title.setText(f"{layer.name}: {reason}" if reason else layer.name)
        self.picture.show_layer(layer, stale=stale)


class LayerPicture(QWidget):
    """Histogram, zero map and error bar of one layer."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(f"Weights of {name}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._layer: LayerView | None = None
        self._map = QImage()
        self._map_theme = ""
        self._stale = False

    def sizeHint(self) -> QSize:
        return QSize(420, ROW)

    @property
    def layer(self) -> LayerView | None:
        """What is shown."""
        return self._layer

    def show_layer(self, layer: LayerView, *, stale: bool) -> None:
        """Show a layer; dimmed when another is being computed."""
        if layer is self._layer and stale is self._stale:
            return  # most moves of a slider change nothing here
        if layer is not self._layer:
            self._layer = layer
            self._map = QImage()
        self._stale = stale
        self.setToolTip(
            f"{layer.values:,} different values. SQNR, signal to noise in decibels: of the weights, the energy of the "
            "trained ones over that of what pruning, sharing and rounding changed of them; of the outputs, the energy "
            "of what the trained layer answers to calibration windows over that of all that has changed up to here."
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        layer = self._layer
        if layer is None:
            return
        painter = QPainter(self)
        painter.setOpacity(0.55 if self._stale else 1.0)
        box = self.rect().toRectF()
        bar = _ERRORS_WIDTH
        histogram = QRectF(box.left(), box.top(), (box.width() - bar) * 0.5 - 12, box.height())
        zeros = QRectF(histogram.right() + 16, box.top(), (box.width() - bar) * 0.5 - 20, box.height())
        self._paint_histogram(painter, layer, histogram)
        self._paint_map(painter, layer, zeros)
        self._paint_errors(painter, layer, QRectF(box.right() - bar + 8, box.top(), bar - 8, box.height()))

    def _paint_histogram(self, painter: QPainter, layer: LayerView, box: QRectF) -> None:
        """Bars of the deployed weights, on a scale of square roots; a line for the trained ones."""
        now = theme.now()
        trained, counts = np.sqrt(layer.trained), np.sqrt(layer.counts)
        middle = len(counts) // 2
        others = np.delete(counts, middle)  # a great many zeros would leave nothing of the rest
        top = max(float(trained.max(initial=1.0)), float(others.max(initial=1.0)), 1.0)
        width = box.width() / len(counts)
        heights = np.minimum(counts / top, 1.0) * box.height()
        bars = [
            QRectF(box.left() + place * width, box.bottom() - height, max(width - 1, 1), height)
            for place, height in enumerate(heights)
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.accent))
        painter.drawRects(bars)
        if layer.zeros:
            painter.setBrush(QColor(now.warn))
            painter.drawRect(bars[middle])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(now.text), 1))
        line = [
            QPointF(box.left() + (place + 0.5) * width, box.bottom() - box.height() * min(1.0, count / top))
            for place, count in enumerate(trained)
        ]
        painter.drawPolyline(QPolygonF(line))
        painter.setPen(QPen(QColor(now.line), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _paint_map(self, painter: QPainter, layer: LayerView, box: QRectF) -> None:
        """A cell a weight: outputs downwards, inputs across."""
        if self._map.isNull() or self._map_theme != theme.now().name:
            self._map, self._map_theme = _picture(layer), theme.now().name
        painter.drawImage(box, self._map)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.now().line), 1))
        painter.drawRect(box)

    def _paint_errors(self, painter: QPainter, layer: LayerView, box: QRectF) -> None:
        half = QRectF(box.left(), box.top(), box.width(), 34)
        _paint_ratio(painter, half, "SQNR weights", layer.sqnr_db)
        _paint_ratio(painter, half.translated(0, 36), "outputs", layer.output_sqnr_db)
        painter.setPen(QColor(theme.now().muted))
        below = box.adjusted(0, 72, 0, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, f"{layer.values:,} values")


def _paint_ratio(painter: QPainter, box: QRectF, caption: str, ratio: float | None) -> None:
    """A ratio in decibels over its bar."""
    now = theme.now()
    top = Qt.AlignmentFlag.AlignTop
    painter.setPen(QColor(now.muted))
    painter.drawText(box, top | Qt.AlignmentFlag.AlignLeft, caption)
    known = NOTHING if ratio is None else "exact" if ratio > _EXACT_DB else f"{ratio:.1f}\u2009dB"
    painter.setPen(QColor(now.muted if ratio is None else now.text))
    painter.drawText(box, top | Qt.AlignmentFlag.AlignRight, known)
    rail = QRectF(box.left(), box.top() + 20, box.width(), 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(now.line))
    painter.drawRoundedRect(rail, 3, 3)
    if ratio is None:
        return
    painter.setBrush(QColor(now.bad if ratio < _POOR_DB else now.warn if ratio < _FAIR_DB else now.good))
    rail.setWidth(rail.width() * min(1.0, max(0.02, ratio / _FULL_DB)))
    painter.drawRoundedRect(rail, 3, 3)


def _picture(layer: LayerView) -> QImage:
    """The zero map in the theme's colours: what stays, what is zero, what is removed."""
    now = theme.now()
    colours = np.zeros((3, 4), np.uint8)
    for state, colour in ((STAYS, now.accent), (ZERO, now.panel), (REMOVED, now.line)):
        shown = QColor(colour)
        colours[state] = (shown.red(), shown.green(), shown.blue(), 255)
    pixels = np.ascontiguousarray(colours[layer.zero_map])
    height, width = layer.zero_map.shape
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
