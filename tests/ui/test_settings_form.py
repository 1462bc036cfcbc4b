"""Forms made from settings dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSlider, QSpinBox
from pytestqt.qtbot import QtBot

from workbench.compression.recipe import Recipe
from workbench.dataset.settings import SplitSettings, TargetSettings, WindowSettings
from workbench.features.settings import FeatureSettings
from workbench.fields import setting, settings_of
from workbench.project.settings import ProjectSettings
from workbench.training.settings import TrainingSettings
from workbench.ui.widgets.settings_form import SettingsForm


@dataclass(frozen=True)
class Kitchen:
    """One setting of each kind."""

    hot: bool = setting(False, help="Whether it is hot.")
    plates: int = setting(2, low=0, high=9, help="How many.")
    litres: float = setting(0.002, low=0.0005, high=5.0, unit="l", help="How much.")
    share: float = setting(0.5, low=0.0, high=1.0, help="Which part.")
    name: str = setting("soup", help="What it is called.")
    size: str = setting("small", choices=("small", "very_large"), help="How large.")
    spices: tuple[str, ...] = setting((), help="What goes in.")


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    one = SettingsForm(Kitchen(), sliders=("share",))
    qtbot.addWidget(one)
    one.show()
    return one


def told(form: SettingsForm) -> list[Kitchen]:
    values: list[Kitchen] = []
    form.changed.connect(values.append)
    return values


def test_each_kind_of_setting_has_its_editor(form: SettingsForm) -> None:
    kinds = {"hot": QCheckBox, "plates": QSpinBox, "litres": QDoubleSpinBox, "name": QLineEdit, "size": QComboBox}
    assert all(isinstance(form.editor(name), kind) for name, kind in kinds.items())
    assert form.editor("litres").toolTip() == "How much. [l]"


@pytest.mark.parametrize(
    "cls", [TrainingSettings, Recipe, WindowSettings, SplitSettings, TargetSettings, FeatureSettings, ProjectSettings]
)
def test_every_settings_class_of_the_house_has_a_form(cls: type[Any], qtbot: QtBot) -> None:
    one = SettingsForm(cls())
    qtbot.addWidget(one)
    assert one.value == cls()
    for info in settings_of(cls):
        assert one.editor(info.name).accessibleName() == info.title


def test_an_edit_gives_a_new_object(form: SettingsForm, qtbot: QtBot) -> None:
    values = told(form)
    spin = form.editor("plates")
    assert isinstance(spin, QSpinBox)
    spin.stepUp()
    box = form.editor("hot")
    assert isinstance(box, QCheckBox)
    box.click()
    assert values == [Kitchen(plates=3), Kitchen(plates=3, hot=True)]


def test_typing_tells_once_when_it_is_done(form: SettingsForm, qtbot: QtBot) -> None:
    values = told(form)
    line = form.editor("spices")
    qtbot.keyClicks(line, "salt, pepper ,")
    assert values == []
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert values == [Kitchen(spices=("salt", "pepper"))]


def test_showing_other_settings_tells_nothing(form: SettingsForm) -> None:
    values = told(form)
    form.set_value(Kitchen(True, 5, 1.0, 0.25, "tea", "very_large", ("sugar",)))
    assert values == []
    assert form.editor("size").currentText() == "very large"  # type: ignore[attr-defined]  # a QComboBox


def test_slider_and_number_move_together(form: SettingsForm) -> None:
    values = told(form)
    slider = form.findChild(QSlider)
    assert isinstance(slider, QSlider)
    slider.setValue(750)
    assert values[-1].share == pytest.approx(0.75)
    spin = form.editor("share")
    assert isinstance(spin, QDoubleSpinBox)
    assert spin.value() == pytest.approx(0.75)
    spin.setValue(0.1)
    assert slider.value() == 100


def test_small_numbers_are_not_rounded_away(form: SettingsForm) -> None:
    spin = form.editor("litres")
    assert isinstance(spin, QDoubleSpinBox)
    assert spin.value() == pytest.approx(0.002)
    assert spin.text() == "0.002\u2009l"


def test_the_wheel_scrolls_the_panel_unless_the_field_has_the_focus(form: SettingsForm) -> None:
    spin = form.editor("plates")
    assert isinstance(spin, QSpinBox)
    spin.clearFocus()
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(spin.mapToGlobal(QPoint(5, 5))),
        QPoint(0, 120),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(spin, turn)
    assert spin.value() == 2


def test_a_choice_that_is_not_on_offer_any_more_is_shown_as_it_is(form: SettingsForm) -> None:
    form.set_choices("size", ["tiny"])
    box = form.editor("size")
    assert isinstance(box, QComboBox)
    assert box.currentData() == "small"
