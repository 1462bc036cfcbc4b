"""Energy on the memory page: bars to scale, the duty as a setting of the project, what is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from workbench.cli import main
from workbench.operations.energy import EnergyWanted, model_energy
from workbench.quantities import quantity
from workbench.target.duty import Duty
from workbench.ui.energy_view import EnergyView
from workbench.ui.widgets.energy_bars import EnergyBar, EnergyBars, EnergyPart

PLACE = 4  # of Energy among the views


def energy_view(opened: Any, qtbot: QtBot, folder: Path) -> Any:
    """The view on the screen with its first report."""
    opened.session.open(folder)
    page = opened.page("memory")
    opened.wait_until(lambda: page.settled and page.picture.energy.report is not None)
    qtbot.mouseClick(page.picture.views.button(PLACE), Qt.MouseButton.LeftButton)
    return page.picture.energy


def test_it_shows_the_energy_of_the_fit_bar(opened: Any, qtbot: QtBot, trained: Path) -> None:
    view = energy_view(opened, qtbot, trained)
    picture = opened.window.page.picture
    assert view.isVisible() and not picture.arena.isVisible() and not picture.flash_map.isVisible()
    opened.wait_until(lambda: opened.session.figures is not None and not opened.session.figures_stale)
    assert view.report.inference.value == opened.session.figures.energy.value
    predicted, raw = view.bars.bars
    names = [part.name for part in predicted.parts]
    assert names == ["features", "arithmetic", "memory", "sending the result", "asleep"]
    assert [part.name for part in raw.parts] == ["sending the raw data", "asleep"]
    assert raw.title == "Send the raw data (600\u2009B)", "50 rows of 6 channels, 2 bytes each"
    assert "when predicting" in view.outcome.text() and view.outcome.property("role") == ""
    assert view.remarks.text() == "Within the bands, sending the raw data could also take less."


def test_the_duty_is_kept_undone_and_the_same_on_the_command_line(
    opened: Any, qtbot: QtBot, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    view = energy_view(opened, qtbot, trained)
    before = view.report
    scene = opened.window.page.scene
    radio = view.form.editor("radio")
    assert isinstance(radio, QComboBox)
    radio.setFocus()
    qtbot.keyClicks(radio, "LoRa")
    opened.wait_until(lambda: view.report.radio == "LoRa, SF7")
    assert opened.session.project.settings(Duty) == Duty("lora")
    assert "of the time in Europe" in view.remarks.text()
    assert opened.window.page.scene is scene, "the arena is not planned anew for a radio"
    assert main(["energy", str(trained), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["duty"]["radio"] == "lora"
    assert said["life_raw"]["value"] == view.report.life_raw.value
    opened.session.undo()
    opened.wait_until(lambda: view.report == before)
    assert radio.currentData() == "ble"


def test_what_is_not_known_is_said(qtbot: QtBot, int8_model: bytes) -> None:
    view = EnergyView()
    qtbot.addWidget(view)
    view.show()
    view.show_report(model_energy(int8_model, EnergyWanted("microbit_v2")))
    assert view.outcome.text().startswith("At the most ") and view.outcome.property("role") == ""
    assert view.remarks.isVisible() and "micro:bit v2 draws asleep" in view.remarks.text()
    assert view.bars.bars[0].words.endswith(", asleep not known")
    view.show_report(model_energy(int8_model, EnergyWanted("himax_we1")))
    assert "is not known" in view.outcome.text()
    assert view.bars.bars[0].words.endswith(", prediction and asleep not known")
    view.show_report(model_energy(int8_model, EnergyWanted("nano33ble_sense", duty=Duty(raw_bytes=9000))))
    assert not view.remarks.isVisible() and view.outcome.property("role") == "good"


def bar(title: str, *joules: float, high: float = 0.0) -> EnergyBar:
    parts = tuple(EnergyPart(f"{title}{n}", value, QColor("#56b4e9"), "a tip") for n, value in enumerate(joules))
    return EnergyBar(title, parts, sum(joules) / 2, high or sum(joules))


@pytest.fixture
def bars(qtbot: QtBot) -> EnergyBars:
    widget = EnergyBars("Energies")
    qtbot.addWidget(widget)
    widget.resize(1001, 300)
    return widget


def test_bars_are_to_one_scale_and_bands_do_not_squeeze_them(bars: EnergyBars) -> None:
    bars.show_bars((bar("a", 1e-3, 3e-3), bar("b", 8e-3, high=1.0)))
    widths = [box.width() for row in (0, 1) for _, box in bars.boxes(row)]
    assert widths == pytest.approx([widths[0], 3 * widths[0], 8 * widths[0]])
    assert widths[2] > 350, "a band of a hundred times the bar is cut off"
    assert bars.enlarged is None and bars.boxes(2) == []
    assert "a1 3.00\u2009mJ" in bars.accessibleDescription()
    bars.grab()


def test_a_small_bar_is_enlarged_to_the_whole_width(bars: EnergyBars) -> None:
    height = bars.sizeHint().height()
    bars.show_bars((bar("small", 1e-6, 4e-6), bar("large", 1e-3)))
    assert bars.enlarged is bars.bars[0] and bars.sizeHint().height() > height
    first, second = [box for _, box in bars.boxes(2)]
    assert first.width() == pytest.approx(200) and second.right() == pytest.approx(1000)
    assert second.bottom() <= bars.sizeHint().height()
    assert bars.tip_at(QPointF(500, second.center().y())) == f"small1 {quantity(4e-6, 'J')}\na tip"
    assert bars.tip_at(QPointF(500, 0)) == ""
    bars.grab()


def test_nothing_to_show_is_drawn_too(bars: EnergyBars) -> None:
    bars.show_bars((EnergyBar("nothing", (), 0.0, 0.0, "prediction not known"),))
    bars.grab()
    assert bars.bars[0].words == "0\u2009J, prediction not known"
