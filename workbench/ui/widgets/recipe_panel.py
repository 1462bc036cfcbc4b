"""How much to prune and how to quantize: a slider, four number formats, epochs of fine-tuning."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QSlider, QVBoxLayout, QWidget

from workbench.compression.recipe import Recipe
from workbench.fields import settings_of
from workbench.ui import theme
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.settings_form import SettingsForm

_FORMATS = (
    ("int8", "int8", "4× smaller, the form that boards run fastest"),
    ("float32", "float32", "as trained; boards run it, slowly"),
    ("float16", "float16", "half the size; runs on: phone, CPU"),
    ("dynamic_range", "dynamic range", "int8 weights only; runs on: phone, CPU"),
)


class RecipePanel(QWidget):
    """Edits a Recipe; ``changed`` carries the new one."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = Recipe()
        self._trains = True
        infos = {info.name: info for info in settings_of(Recipe)}
        most = round((infos["sparsity"].high or 0.0) * 100)
        self.sparsity = QSlider(Qt.Orientation.Horizontal)
        self.sparsity.setRange(0, most)
        self.sparsity.setPageStep(10)
        self.sparsity.setAccessibleName("Sparsity in percent")
        self.sparsity.setToolTip(infos["sparsity"].help)
        self.share = words("")
        self.share.setProperty("role", "headline")
        self.sense = words("", "muted")
        self.sense.setWordWrap(True)
        self.epochs = SettingsForm(self._recipe, only=("fine_tune_epochs",))
        self._formats = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(words("Sparsity"), 1)
        head.addWidget(self.share)
        column.addLayout(head)
        column.addWidget(self.sparsity)
        column.addWidget(self.sense)
        column.addSpacing(theme.GRID)
        column.addWidget(self.epochs)
        column.addSpacing(theme.GRID)
        column.addWidget(words("Number format"))
        for place, (name, title, about) in enumerate(_FORMATS):
            button = QRadioButton(title)
            button.setToolTip(about)
            button.setObjectName(f"format_{name}")
            note = words(about, "muted")
            note.setWordWrap(True)
            note.setIndent(22)
            self._formats.addButton(button, place)
            column.addWidget(button)
            column.addWidget(note)
        self.sparsity.valueChanged.connect(lambda percent: self._take(sparsity=percent / 100))
        self._formats.idClicked.connect(lambda place: self._take(quantization=_FORMATS[place][0]))
        self.epochs.changed.connect(lambda value: self._take(fine_tune_epochs=value.fine_tune_epochs))
        self.set_recipe(self._recipe)

    @property
    def recipe(self) -> Recipe:
        """The recipe as it stands."""
        return self._recipe

    def set_recipe(self, recipe: Recipe) -> None:
        """Show another one; ``changed`` is not emitted."""
        self._recipe = recipe
        with QSignalBlocker(self.sparsity):
            self.sparsity.setValue(round(recipe.sparsity * 100))
        place = next(i for i, (name, _, _) in enumerate(_FORMATS) if name == recipe.quantization)
        self._formats.button(place).setChecked(True)
        self.epochs.set_value(recipe)
        self._tell()

    def set_trains(self, trains: bool) -> None:
        """Whether there are data to fine-tune with; a given model is pruned as it is."""
        self._trains = trains
        self._tell()

    def format_button(self, name: str) -> QRadioButton:
        """The button of a number format."""
        found = self.findChild(QRadioButton, f"format_{name}")
        assert isinstance(found, QRadioButton)  # noqa: S101  # one is made for each format
        return found

    def _take(self, **changes: Any) -> None:
        self._recipe = dataclasses.replace(self._recipe, **changes)
        self._tell()
        self.changed.emit(self._recipe)

    def _tell(self) -> None:
        percent = round(self._recipe.sparsity * 100)
        self.share.setText(f"{percent}\u2009%")
        self.epochs.setVisible(percent > 0 and self._trains)
        rest = "fine-tuning lets the others make up for it" if self._trains else "there are no data to fine-tune with"
        self.sense.setText(
            f"{percent} of 100 weights become zero, the smallest first; {rest}."
            if percent
            else "No pruning: every weight stays."
        )
