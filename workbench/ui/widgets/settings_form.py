"""A form made from a settings dataclass: a row a field, with its unit, its bounds and its help."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QWidget,
)

from workbench.errors import WorkbenchError
from workbench.fields import Setting, check, settings_of
from workbench.ui import theme

S = TypeVar("S")

_SLIDER_STEPS = 1000
_LARGEST_INT = 2**31 - 1
_EDITOR_WIDTH = 144  # px: one column for all editors, wide enough for a word such as classification
_BESIDE_SLIDER = 88


class _NoWheel(QObject):
    """Turning the wheel scrolls the panel; it changes a value only in the field that has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


class SettingsForm(QWidget):
    """Rows for the fields of ``cls``; ``changed`` carries a new object whenever the user has changed one.

    ``words`` gives readable names for choices, ``sliders`` names bounded fields that get a slider beside
    their spin box, ``offered`` fields of text that are chosen from what ``set_choices`` offers.
    """

    changed = Signal(object)

    def __init__(
        self,
        value: Any,
        *,
        only: Sequence[str] | None = None,
        words: Mapping[str, str] | None = None,
        sliders: Sequence[str] = (),
        offered: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._value = value
        self._offered = tuple(offered)
        self._words = dict(words or {})
        self._no_wheel = _NoWheel(self)
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        self._fields: dict[str, _Field[Any]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.GRID)
        self._grid.setVerticalSpacing(theme.GRID)
        self._grid.setColumnStretch(0, 1)
        for info in settings_of(type(value)):
            if only is None or info.name in only:
                self._add_row(info, info.name in sliders)
        self.set_value(value)

    @property
    def value(self) -> Any:
        """The settings as they stand."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show other settings; ``changed`` is not emitted."""
        self._value = value
        for name, field in self._fields.items():
            field.show_value(getattr(value, name))

    def set_choices(self, name: str, choices: Sequence[str], words: Mapping[str, str] | None = None) -> None:
        """Offer these choices for a field of text, such as the channels of this project."""
        self._words |= dict(words or {})
        field = self._fields[name]
        if not isinstance(field, _Choice):
            raise TypeError(f"{name} is not shown as a choice")
        field.offer(choices, self._words)
        field.show_value(getattr(self._value, name))

    def set_row_visible(self, name: str, visible: bool) -> None:
        """Hide a field that plays no part at the moment."""
        for widget in self._rows[name]:
            widget.setVisible(visible)

    def set_placeholder(self, name: str, text: str) -> None:
        """What stands, greyed, in an empty field of words or text: what holds while nothing is set."""
        editor = self.editor(name)
        if isinstance(editor, QLineEdit):
            editor.setPlaceholderText(text)

    def editor(self, name: str) -> QWidget:
        """The widget one types into, for tests and for the tab order."""
        return self._fields[name].editor

    def _add_row(self, info: Setting, with_slider: bool) -> None:
        row = self._grid.rowCount()
        field = _Choice(info, self._words) if info.name in self._offered else _field(info, self._words, with_slider)
        tip = info.help if not info.unit else f"{info.help} [{info.unit}]"
        field.widget.setToolTip(tip)
        field.editor.setAccessibleName(info.title)
        field.editor.setObjectName(info.name)
        for widget in (field.editor, *field.editor.findChildren(QWidget)):
            widget.installEventFilter(self._no_wheel)
        field.edited.connect(lambda value, name=info.name: self._take(name, value))
        self._fields[info.name] = field
        field.setParent(self)
        if isinstance(field, _Switch):
            self._grid.addWidget(field.widget, row, 0, 1, 2)
            self._rows[info.name] = (field.widget,)
            return
        label = QLabel(info.title)
        label.setToolTip(tip)
        label.setWordWrap(True)
        label.setBuddy(field.editor)
        self._grid.addWidget(label, row, 0)
        if field.wide:
            self._grid.addWidget(field.widget, row + 1, 0, 1, 2)
        else:
            self._grid.addWidget(field.widget, row, 1)
        self._rows[info.name] = (label, field.widget)

    def _take(self, name: str, value: Any) -> None:
        if getattr(self._value, name) == value:
            return
        new = dataclasses.replace(self._value, **{name: value})
        try:
            check(new)
        except WorkbenchError:
            # The editors hold to the bounds of the field; this is for bounds that they cannot show.
            self._fields[name].show_value(getattr(self._value, name))
            return
        self._value = new
        self.changed.emit(new)


class _Field(QObject, Generic[S]):
    """One editor: ``edited`` carries the value when the user has changed it."""

    edited = Signal(object)
    wide = False

    def __init__(self, widget: QWidget, editor: QWidget | None = None) -> None:
        super().__init__()
        self.widget = widget
        self.editor = editor or widget

    def show_value(self, value: S) -> None:
        raise NotImplementedError


def _field(info: Setting, words: Mapping[str, str], with_slider: bool) -> _Field[Any]:
    if info.kind is bool:
        return _Switch(info)
    if info.kind is tuple:
        return _Words(info)
    if info.kind is str:
        return _Choice(info, words) if info.choices else _Text(info)
    return _SlidNumber(info) if with_slider else _Number(info)


class _Switch(_Field[bool]):
    def __init__(self, info: Setting) -> None:
        self._box = QCheckBox(info.title)
        super().__init__(self._box)
        self._box.toggled.connect(self.edited.emit)

    def show_value(self, value: bool) -> None:
        with QSignalBlocker(self._box):
            self._box.setChecked(value)


class _Text(_Field[str]):
    wide = True

    def __init__(self, info: Setting) -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._line.editingFinished.connect(lambda: self.edited.emit(self._line.text()))

    def show_value(self, value: str) -> None:
        if self._line.text() != value:
            self._line.setText(value)


class _Words(_Field[tuple[str, ...]]):
    """Words separated by commas."""

    wide = True

    def __init__(self, info: Setting) -> None:
        self._line = QLineEdit()
        self._line.setPlaceholderText("separated by commas")
        super().__init__(self._line)
        self._line.editingFinished.connect(self._tell)

    def _tell(self) -> None:
        self.edited.emit(tuple(word.strip() for word in self._line.text().split(",") if word.strip()))

    def show_value(self, value: tuple[str, ...]) -> None:
        self._line.setText(", ".join(value))


class _Choice(_Field[str]):
    def __init__(self, info: Setting, words: Mapping[str, str]) -> None:
        self._box = QComboBox()
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.setFixedWidth(_EDITOR_WIDTH)
        super().__init__(self._box)
        self.offer(info.choices, words)
        self._box.activated.connect(lambda _index: self.edited.emit(self._box.currentData()))

    def offer(self, choices: Sequence[str], words: Mapping[str, str]) -> None:
        with QSignalBlocker(self._box):
            self._box.clear()
            for choice in choices:
                self._box.addItem(words.get(choice, choice.replace("_", " ")), choice)

    def show_value(self, value: str) -> None:
        with QSignalBlocker(self._box):
            index = self._box.findData(value)
            if index < 0:  # saved earlier, not on offer now: shown as it is rather than silently changed
                self._box.addItem(value, value)
                index = self._box.count() - 1
            self._box.setCurrentIndex(index)


class _Number(_Field[float]):
    def __init__(self, info: Setting) -> None:
        self._info = info
        self.spin = _spin_box(info)
        super().__init__(self.spin)
        cast(Any, self.spin).valueChanged.connect(self._tell)

    def _tell(self, value: float) -> None:
        self.edited.emit(self._info.kind(value))

    def show_value(self, value: float) -> None:
        with QSignalBlocker(self.spin):
            cast(Any, self.spin).setValue(value)


class _SlidNumber(_Field[float]):
    """A slider over the bounds with a spin box for the exact value."""

    wide = True

    def __init__(self, info: Setting) -> None:
        if info.low is None or info.high is None:
            raise ValueError(f"{info.name} has no bounds to slide between")
        self._info, self._low, self._high = info, info.low, info.high
        self._number = _Number(info)
        self._number.spin.setFixedWidth(_BESIDE_SLIDER)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._steps = min(_SLIDER_STEPS, round(info.high - info.low)) if info.kind is int else _SLIDER_STEPS
        self._slider.setRange(0, self._steps)
        self._slider.setPageStep(max(1, self._steps // 10))
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self._slider, 1)
        row.addWidget(self._number.spin)
        super().__init__(both, self._number.spin)
        self._slider.valueChanged.connect(self._slid)
        self._number.edited.connect(self._typed)

    def _slid(self, step: int) -> None:
        exact = self._low + (self._high - self._low) * step / self._steps
        value = self._info.kind(round(exact, _decimals(self._info)))
        self._number.show_value(value)
        self.edited.emit(value)

    def _typed(self, value: float) -> None:
        self._place(value)
        self.edited.emit(value)

    def _place(self, value: float) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(round((value - self._low) / (self._high - self._low) * self._steps))

    def show_value(self, value: float) -> None:
        self._number.show_value(value)
        self._place(value)


class _PlainDoubleSpinBox(QDoubleSpinBox):
    """Shows 0.002 as 0.002 and not as 0.002000."""

    def textFromValue(self, value: float) -> str:
        return f"{value:.{self.decimals()}f}".rstrip("0").rstrip(".")


def _decimals(info: Setting) -> int:
    """Enough decimals for the smallest sensible step: two digits of the default, at least."""
    if info.kind is int:
        return 0
    smallest = min((abs(v) for v in (info.default, info.low) if isinstance(v, int | float) and v), default=1.0)
    return max(2, min(6, 1 - math.floor(math.log10(smallest))))


def _spin_box(info: Setting) -> QSpinBox | QDoubleSpinBox:
    spin: QSpinBox | QDoubleSpinBox
    if info.kind is int:
        spin = QSpinBox()
        spin.setRange(
            -_LARGEST_INT if info.low is None else int(info.low), _LARGEST_INT if info.high is None else int(info.high)
        )
    else:
        spin = _PlainDoubleSpinBox()
        spin.setDecimals(_decimals(info))
        spin.setRange(-1e9 if info.low is None else info.low, 1e9 if info.high is None else info.high)
        spin.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    spin.setKeyboardTracking(False)
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    spin.setFixedWidth(_EDITOR_WIDTH)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    if info.unit:
        spin.setSuffix(f"\N{THIN SPACE}{info.unit}")
    return spin
