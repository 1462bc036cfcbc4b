"""The recipe as sliders and choices: prune, remove channels, share weights, quantize, fine-tune."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QRadioButton, QSlider, QVBoxLayout, QWidget

from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization
from workbench.fields import settings_of
from workbench.ui import theme
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.settings_form import SettingsForm

# Two columns: what boards run fastest on top.
_FORMATS = {
    Quantization.INT8: "4× smaller; the form that boards run fastest.",
    Quantization.FLOAT32: "As trained; boards run it, slowly.",
    Quantization.INT8_FLOAT_IO: "int8 inside, float32 in and out: no scales to handle in your code.",
    Quantization.FLOAT16: "Half the size. Runs on: phone, CPU.",
    Quantization.INT16X8: "int16 activations, int8 weights: closer to float32, about twice as slow. Takes a moment.",
    Quantization.DYNAMIC_RANGE: "int8 weights only. Runs on: phone, CPU.",
}
_CALIBRATION = ("calibration", "percentile", "calibration_windows")
_TRAINING = ("fine_tune_epochs", "qat", "distillation", "temperature")
_WORDS = {"minmax": "min / max", "percentile": "percentile", "layer": "each layer", "model": "the model"}
_CLUSTERS = (0, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)  # steps of the slider
_RESTS_MS = 350  # without the mouse: how long nothing moves before it counts as let go


@dataclass(frozen=True)
class _Dial:
    """A slider of the recipe: its setting, its steps, and what a step says."""

    name: str
    title: str
    steps: tuple[float, ...]
    off: str


_DIALS = (
    _Dial("sparsity", "Sparsity", tuple(i / 100 for i in range(96)), "No pruning: every weight stays."),
    _Dial("channels", "Channels removed", tuple(i / 100 for i in range(91)), "Every filter and unit stays."),
    _Dial("clusters", "Weight clusters", _CLUSTERS, "Any weight may have any value."),
)


DIALS = tuple(dial.name for dial in _DIALS)


class RecipePanel(QWidget):
    """Edits a Recipe; ``changed`` carries the new one, ``settled`` tells that it was let go."""

    changed = Signal(object)
    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = Recipe()
        self._trains = True
        self._refusals: dict[str, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._shares = {dial.name: words("", "title") for dial in _DIALS}
        self._senses = {dial.name: words("", "muted") for dial in _DIALS}
        self._dials = {dial.name: self._add_dial(dial) for dial in _DIALS}
        self.over = SettingsForm(self._recipe, only=("sparsity_over",), words=_WORDS)
        self._column.insertWidget(3, self.over)
        self._formats = QButtonGroup(self)
        self._about = words("", "muted")
        self._add_formats()
        self.calibration = SettingsForm(self._recipe, only=_CALIBRATION, words=_WORDS)
        self._column.addWidget(self.calibration)
        self._column.addSpacing(theme.GRID)
        self._training_title = words("Fine-tuning", "section")
        self.training = SettingsForm(self._recipe, only=_TRAINING)
        self._column.addWidget(self._training_title)
        self._column.addWidget(self.training)
        self._no_qat = words("Quantization-aware training is for int8, and does nothing here.", "muted")
        self._no_qat.setWordWrap(True)
        self._column.addWidget(self._no_qat)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_RESTS_MS)
        self._resting.timeout.connect(self._rest)
        for form in (self.over, self.calibration, self.training):
            form.changed.connect(self._take_form)
        self.set_recipe(self._recipe)

    # --- building ----------------------------------------------------------------------------------

    def _add_dial(self, dial: _Dial) -> QSlider:
        info = next(one for one in settings_of(Recipe) if one.name == dial.name)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, len(dial.steps) - 1)
        slider.setPageStep(max(1, len(dial.steps) // 10))
        slider.setAccessibleName(dial.title)
        slider.setToolTip(info.help)
        head = QHBoxLayout()
        head.addWidget(words(dial.title), 1)
        head.addWidget(self._shares[dial.name])
        self._column.addLayout(head)
        self._column.addWidget(slider)
        self._senses[dial.name].setWordWrap(True)
        self._column.addWidget(self._senses[dial.name])
        self._column.addSpacing(theme.GRID)
        slider.valueChanged.connect(lambda place: self._take(**{dial.name: dial.steps[place]}))
        slider.sliderReleased.connect(self._rest)
        return slider

    def _add_formats(self) -> None:
        self._column.addWidget(words("Number format", "section"))
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, (kind, about) in enumerate(_FORMATS.items()):
            button = QRadioButton(kind.words)
            button.setToolTip(about)
            button.setObjectName(f"format_{kind}")
            self._formats.addButton(button, place)
            grid.addWidget(button, place // 2, place % 2)
        self._column.addLayout(grid)
        self._about.setWordWrap(True)
        self._column.addWidget(self._about)
        self._column.addSpacing(theme.GRID)
        self._formats.idClicked.connect(lambda place: self._take(quantization=tuple(_FORMATS)[place].value))

    # --- the recipe --------------------------------------------------------------------------------

    @property
    def recipe(self) -> Recipe:
        """The recipe as it stands."""
        return self._recipe

    @property
    def sparsity(self) -> QSlider:
        """The slider of the sparsity, in percent."""
        return self._dials["sparsity"]

    @property
    def share(self) -> str:
        """What stands beside that slider."""
        return self._shares["sparsity"].text()

    def dial(self, name: str) -> QSlider:
        """The slider of a setting."""
        return self._dials[name]

    def set_recipe(self, recipe: Recipe) -> None:
        """Show another one; ``changed`` is not emitted."""
        self._recipe = recipe = recipe.without_senseless()
        for dial in _DIALS:
            wanted = float(getattr(recipe, dial.name))
            place = min(range(len(dial.steps)), key=lambda i: abs(dial.steps[i] - wanted))
            with QSignalBlocker(self._dials[dial.name]):
                self._dials[dial.name].setValue(place)
        self._formats.button(tuple(_FORMATS).index(recipe.kind)).setChecked(True)
        for form in (self.over, self.calibration, self.training):
            form.set_value(recipe)
        self._tell()

    def set_exempt(self, exempt: tuple[str, ...]) -> None:
        """Leave these layers alone, or no others any more."""
        self._take(exempt=exempt)

    def set_trains(self, trains: bool) -> None:
        """Whether there are data to fine-tune with; a given model is pruned as it is."""
        self._trains = trains
        self._tell()

    def set_refusal(self, name: str, reason: str) -> None:
        """Why a slider makes no sense for this model; empty when it does."""
        if reason != self._refusals.get(name, ""):
            self._refusals[name] = reason
            self._dials[name].setEnabled(not reason)
            self._tell()

    def format_button(self, name: str) -> QRadioButton:
        """The button of a number format."""
        found = self.findChild(QRadioButton, f"format_{name}")
        assert isinstance(found, QRadioButton)  # noqa: S101  # one is made for each format
        return found

    def leave(self) -> None:
        """The window is closing: nothing settles any more."""
        self._resting.stop()

    def _take_form(self, value: Recipe) -> None:
        names = ("sparsity_over", *_CALIBRATION, *_TRAINING)
        self._take(**{name: getattr(value, name) for name in names if getattr(value, name) != self._kept(name)})

    def _kept(self, name: str) -> Any:
        return getattr(self._recipe, name)

    def _take(self, **changes: Any) -> None:
        self._recipe = dataclasses.replace(self._recipe, **changes).without_senseless()
        for form in (self.over, self.calibration, self.training):
            form.set_value(self._recipe)
        self._tell()
        self.changed.emit(self._recipe)
        self._resting.start()

    def _rest(self) -> None:
        """Let go: not while the mouse still holds a slider."""
        self._resting.stop()
        if not any(slider.isSliderDown() for slider in self._dials.values()):
            self.settled.emit()

    def _tell(self) -> None:
        recipe, kind = self._recipe, self._recipe.kind
        self._shares["sparsity"].setText(f"{recipe.sparsity * 100:.0f}\u2009%")
        self._shares["channels"].setText(f"{recipe.channels * 100:.0f}\u2009%")
        self._shares["clusters"].setText(str(recipe.clusters) if recipe.clusters else "off")
        for dial in _DIALS:
            told = _SENSES[dial.name].format(recipe.sparsity * 100, recipe.channels * 100, recipe.clusters)
            refusal = self._refusals.get(dial.name, "")
            self._senses[dial.name].setText(refusal or (told if getattr(recipe, dial.name) else dial.off))
        self.over.setVisible(recipe.sparsity > 0 and self._trains)
        self._about.setText(_FORMATS[kind])
        self.calibration.setVisible(kind.is_calibrated and self._trains)
        self.calibration.set_row_visible("calibration", recipe.takes_percentiles)
        self.calibration.set_row_visible("percentile", recipe.calibration == "percentile")
        self._training_title.setVisible(self._trains)
        self.training.setVisible(self._trains)
        self.training.set_row_visible("temperature", recipe.distillation)
        self.training.set_row_visible("qat", recipe.takes_qat)
        self._no_qat.setVisible(self._trains and not recipe.takes_qat)
        for name in ("channels", "clusters"):  # of a given model, only weights are set to zero
            for widget in (self._dials[name], self._shares[name], self._senses[name]):
                widget.setVisible(self._trains)


_SENSES = {
    "sparsity": "{0:.0f} of 100 weights become zero, the smallest first.",
    "channels": "{1:.0f} of 100 filters and units go: smaller and faster.",
    "clusters": "{2} different weights a layer: smaller when packed.",
}
