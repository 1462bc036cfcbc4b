"""How the live signal is shown: layout, scale, how much of it, pause, and what stands under the plot."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QPushButton, QWidget

from workbench.quantities import THIN_SPACE
from workbench.ui.widgets.live_plot import Scale
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.wrap_row import WrapRow

SPANS = (2.0, 10.0, 30.0, 120.0, 600.0)  # s
_SCALES = (Scale.AUTO, Scale.HELD, Scale.FIXED)
_WIDEST = 1e9
_SPIN_WIDTH = 108  # px


class LiveToolbar(QWidget):
    """One row of choices above the plot."""

    overlaid_changed = Signal(bool)
    bounds_wanted = Signal()  # for a fixed scale: ``propose_bounds`` is to be called
    scale_changed = Signal(object, object)  # Scale, (low, high) where it is fixed
    span_changed = Signal(float)  # seconds
    pause_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layouts = Segmented(("Stacked", "Overlaid"), tip="Each channel in its own lane, or all on one scale")
        self.layouts.choose(0)
        self.scales = Segmented(("Auto", "Hold", "Fixed"), tip="Scales follow the data, stay as they are, or are typed")
        self.scales.choose(0)
        self.low, self.high = _bound("Lowest value in view"), _bound("Highest value in view")
        self.spans = Segmented([_in_words(span) for span in SPANS], tip="How much time is in view")
        self.spans.choose(1)
        self.pause = QPushButton("Pause")
        self.pause.setCheckable(True)
        self.pause.setToolTip("Hold the picture still and scroll back in it; reading and recording go on (P)")
        self._to = words("to", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        bounds = (self.low, self._to, self.high)
        row.addWidget(WrapRow((self.layouts, self.scales, *bounds), (self.spans, self.pause)))
        self.layouts.chosen.connect(lambda place: self.overlaid_changed.emit(place == 1))
        self.scales.chosen.connect(lambda _place: self._choose_scale())
        self.low.valueChanged.connect(lambda _value: self._tell_scale())
        self.high.valueChanged.connect(lambda _value: self._tell_scale())
        self.spans.chosen.connect(lambda place: self.span_changed.emit(SPANS[place]))
        self.pause.toggled.connect(self._tell_pause)
        self._show_bounds()

    @property
    def span(self) -> float:
        """Seconds in view."""
        return SPANS[self.spans.current]

    def propose_bounds(self, low: float, high: float) -> None:
        """What the typed scale starts from."""
        for box, value in ((self.low, low), (self.high, high)):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)

    def _choose_scale(self) -> None:
        if _SCALES[self.scales.current] is Scale.FIXED:
            self.bounds_wanted.emit()
        self._tell_scale()

    def _tell_scale(self) -> None:
        self._show_bounds()
        low, high = sorted((self.low.value(), self.high.value()))
        self.scale_changed.emit(_SCALES[self.scales.current], (low, high if high > low else low + 1.0))

    def _show_bounds(self) -> None:
        for widget in (self.low, self._to, self.high):
            widget.setVisible(_SCALES[self.scales.current] is Scale.FIXED)

    def _tell_pause(self, paused: bool) -> None:
        self.pause.setText("Go on" if paused else "Pause")
        self.pause_changed.emit(paused)


def _bound(name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(-_WIDEST, _WIDEST)
    box.setDecimals(3)
    box.setKeyboardTracking(False)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    box.setFixedWidth(_SPIN_WIDTH)
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box


def _in_words(seconds: float) -> str:
    return f"{seconds:g}{THIN_SPACE}s" if seconds < 60 else f"{seconds / 60:g}{THIN_SPACE}min"
