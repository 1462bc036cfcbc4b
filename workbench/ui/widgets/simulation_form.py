"""What the simulated board sends, and what goes wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QVBoxLayout, QWidget

from workbench.capture.simulated_board import Simulation
from workbench.ui import theme
from workbench.ui.widgets.roles import flat_button
from workbench.ui.widgets.settings_form import SettingsForm

_OF_SIGNAL = {"speed": ("fan", "fan and sound"), "unbalanced": ("fan", "fan and sound"), "colour": ("pictures",)}
_OF_READINGS = ("format", "rate_hz")  # sound and pictures have their own
_FAULTS = ("noise_per_minute", "cuts_per_minute", "stall_every_s", "reboot_every_s", "unplug_after_s")
_AT_ZERO = {"rate_hz": "the usual", "stall_every_s": "never", "reboot_every_s": "never", "unplug_after_s": "never"}
_WORDS = {
    "lines": "delimited lines",
    "labelled": "label:value",
    "stamped": "time-stamped",
    "binary": "binary frames",
    "native": "native frames",
    "sensiml1": "SensiML v1",
    "sensiml2": "SensiML v2",
}


class SimulationForm(QWidget):
    """The signal; wire format, rate and faults when asked for. What plays no part is hidden."""

    changed = Signal(object)  # Simulation

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = SettingsForm(Simulation(), only=("signal", *_OF_SIGNAL, *_OF_READINGS, *_FAULTS), words=_WORDS)
        for name, nothing in _AT_ZERO.items():
            editor = self._form.editor(name)
            if isinstance(editor, QAbstractSpinBox):
                editor.setSpecialValueText(nothing)
        self.more = flat_button("Format and faults…", "The wire format, the rate, and what goes wrong now and then")
        self.more.setCheckable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self._form)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.more.toggled.connect(lambda _open: self._show_rows())
        self._form.changed.connect(self._take)
        self._show_rows()

    @property
    def value(self) -> Simulation:
        """The settings as they stand."""
        value: Simulation = self._form.value
        return value

    def set_value(self, value: Simulation) -> None:
        """Show other settings; ``changed`` is not emitted."""
        self._form.set_value(value)
        self._show_rows()

    def editor(self, name: str) -> QWidget:
        """The widget one types into."""
        return self._form.editor(name)

    def _take(self, value: Simulation) -> None:
        self._show_rows()
        self.changed.emit(value)

    def _show_rows(self) -> None:
        signal, more = self.value.signal, self.more.isChecked()
        for name, signals in _OF_SIGNAL.items():
            self._form.set_row_visible(name, signal in signals)
        for name in _OF_READINGS:
            self._form.set_row_visible(name, more and signal in ("fan", "project"))
        for name in _FAULTS:
            self._form.set_row_visible(name, more)
