"""The settings of a series of takes in three columns: how long, what begins it, what is noted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QWidget

from workbench import fields, settings
from workbench.capture.take_settings import AT_ONCE, TakeSettings
from workbench.errors import WorkbenchError
from workbench.quantities import THIN_SPACE
from workbench.ui import theme
from workbench.ui.widgets.settings_form import SettingsForm

_COLUMNS = (
    ("length_s", "takes", "pictures", "every_s", "countdown_s"),
    ("start", "channel", "level", "before_s"),
    ("session", "placement"),
)
_OF_PICTURES = ("pictures", "every_s")
_OF_TRIGGER = ("channel", "level", "before_s")
_WORDS = {AT_ONCE: "at once", "above": "above a level", "below": "below a level", "beyond": "beyond ± a level"}
_TAKES = "How many takes are recorded one after another"
_REMEMBERED = "takes"
_WIDEST = 960  # px: further apart, titles and editors lose each other


class TakeForm(QWidget):
    """Shows the remembered settings and remembers each change."""

    changed = Signal(object)  # TakeSettings

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = _remembered()
        self._pictures = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * theme.GRID)
        self._forms = [SettingsForm(self._value, only=names, words=_WORDS, offered=("channel",)) for names in _COLUMNS]
        for form in self._forms:
            form.changed.connect(self._take)
            row.addWidget(form, 1, Qt.AlignmentFlag.AlignTop)
        self.setMaximumWidth(_WIDEST)
        length = self.editor("length_s")
        if isinstance(length, QAbstractSpinBox):
            length.setSpecialValueText("by hand")
        self._show_rows()

    @property
    def value(self) -> TakeSettings:
        """The settings as they stand."""
        return self._value

    def set_value(self, value: TakeSettings) -> None:
        """Change them as a person would."""
        self._take(value)

    def editor(self, name: str) -> QWidget:
        """The widget one types into."""
        return next(form for form, names in zip(self._forms, _COLUMNS, strict=True) if name in names).editor(name)

    def offer_channels(self, names: Sequence[str]) -> None:
        """The channels that can be watched; the first one where the chosen one is none of them."""
        self._forms[1].set_choices("channel", names)
        if names and self._value.channel not in names:
            self._take(fields.from_json(TakeSettings, fields.to_json(self._value) | {"channel": names[0]}))

    @property
    def summary(self) -> str:
        """The series in a few words: ``20 × 2 s, on trigger``; "" for a plain take."""
        now = self._value
        if self._pictures:
            count = f"{now.pictures} pictures" if now.pictures != 1 else "one picture"
            spaced = f"{now.every_s:g}{THIN_SPACE}s" if now.every_s and now.pictures != 1 else ""
            return ", ".join(part for part in (count if now.pictures else "pictures", spaced) if part)
        parts = []
        if now.length_s:
            length = f"{now.length_s:g}{THIN_SPACE}s"
            parts.append(f"{now.count}{THIN_SPACE}×{THIN_SPACE}{length}" if now.count > 1 else length)
        if now.trigger:
            parts.append("on trigger")
        return ", ".join(parts)

    def set_pictures(self, pictures: bool) -> None:
        """Whether pictures are to be taken, not readings recorded."""
        if pictures != self._pictures:
            self._pictures = pictures
            self._show_rows()
            self.changed.emit(self._value)

    def _take(self, value: TakeSettings) -> None:
        self._value = value
        for form in self._forms:
            form.set_value(value)
        self._show_rows()
        settings.remember(_REMEMBERED, fields.to_json(value))
        self.changed.emit(value)

    def _show_rows(self) -> None:
        for name in _OF_PICTURES:
            self._forms[0].set_row_visible(name, self._pictures)
        self._forms[0].set_row_visible("length_s", not self._pictures)
        self._forms[0].set_row_visible("takes", not self._pictures)
        takes = self.editor("takes")
        takes.setEnabled(self._value.length_s > 0)
        takes.setToolTip(
            _TAKES if takes.isEnabled() else "Give the takes a length first: those ended by hand come singly"
        )
        self._forms[1].setVisible(not self._pictures)
        for name in _OF_TRIGGER:
            self._forms[1].set_row_visible(name, self._value.trigger is not None)


def _remembered() -> TakeSettings:
    try:
        return fields.from_json(TakeSettings, settings.preference(_REMEMBERED, {}))
    except WorkbenchError:
        return TakeSettings()  # a comfort: what cannot be read is set anew
