"""Training from the page: live curves, a result, and nothing left of what was cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from workbench.features.settings import FeatureSettings
from workbench.operations.projects import copy_sample
from workbench.operations.settings import change_settings
from workbench.project.store import Project
from workbench.training.settings import TrainingSettings
from workbench.ui.pages.train import TrainPage

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 180_000
SMALL = TrainingSettings(architecture="dense", layers=1, width=8, epochs=2, augmentation=0.0)


def open_page(opened: Any, folder: Path, settings: TrainingSettings) -> TrainPage:
    opened.session.open(folder)
    opened.session.perform(change_settings, settings)
    page = opened.page("train")
    assert isinstance(page, TrainPage)
    return page


def test_a_training_is_seen_while_it_runs_and_judged_when_it_ends(
    opened: Any, samples: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_page(opened, copy_sample(samples / "fan_simulated", tmp_path / "fan"), SMALL)
    assert page.result.evaluation is None
    seen: list[int] = []
    qtbot.mouseClick(page.button, LEFT)
    assert page.button.text() == "Cancel training"
    assert page._job is not None
    page._job.reported.connect(lambda *_: seen.append(page.curves.epochs_shown))
    qtbot.waitUntil(lambda: page.result.evaluation is not None, timeout=WAIT_MS)
    assert seen == [1, 2], "every epoch was drawn as it came"
    evaluation = page.result.evaluation
    assert evaluation is not None
    assert sum(map(sum, evaluation.confusion)) == evaluation.count
    assert page.result.figure.text().endswith("%")
    assert page.runs.shown_count == 1
    assert page.curves.epochs_shown == 2
    assert page.button.text() == "Train"
    assert opened.session.project.current_variant() is not None


def test_a_cancelled_training_leaves_nothing(opened: Any, shoulder: Path, qtbot: QtBot) -> None:
    page = open_page(opened, shoulder, TrainingSettings())
    qtbot.mouseClick(page.button, LEFT)
    job = page._job
    assert job is not None
    with qtbot.waitSignal(job.cancelled):
        qtbot.mouseClick(page.button, LEFT)
    assert "cancelled" in page.state.text()
    assert page.button.text() == "Train"
    assert opened.session.project.runs() == []
    assert not job.active


def test_the_network_is_drawn_anew_when_a_setting_changes(opened: Any, shoulder: Path, qtbot: QtBot) -> None:
    page = open_page(opened, shoulder, TrainingSettings())
    kinds = [block.kind for block in page.architecture.blocks]
    assert kinds.count("Conv2D") == 3
    assert kinds[-1] == "Dense"
    assert page.architecture.blocks[-1].shape == (7,)
    box = page.form.editor("architecture")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData("dense"))
    box.activated.emit(box.currentIndex())
    assert {block.kind for block in page.architecture.blocks} == {"Dense"}
    assert not page.form.editor("kernel").isVisible()


def test_a_network_that_cannot_be_is_explained_where_it_would_be_drawn(
    opened: Any, samples: Path, tmp_path: Path
) -> None:
    opened.session.open(copy_sample(samples / "fashion_pictures", tmp_path / "pictures"))
    opened.session.perform(change_settings, FeatureSettings(block="spectrum"))
    page = opened.page("train")
    assert page.architecture.blocks == ()
    assert "not for pictures" in page.cost.text()


def test_an_earlier_run_can_be_looked_at_again(
    opened: Any, shoulder: Path, add_variant: Callable[..., int], qtbot: QtBot
) -> None:
    add_variant(shoulder)
    add_variant(shoulder)
    page = open_page(opened, shoulder, TrainingSettings())
    assert page._shown_run == 2
    page.runs.choose(1, tell=True)
    assert page.state.text().startswith("Run 1:")


def test_without_recordings_the_page_says_what_to_do_first(opened: Any, tmp_path: Path, qtbot: QtBot) -> None:
    with Project.create(tmp_path / "tiny", "tiny"):
        pass
    opened.session.open(tmp_path / "tiny")
    page = opened.page("train")
    assert page.pages.currentWidget() is page.empty
    assert not page.button.isEnabled()
    assert page.button.toolTip() == "There are no recordings to train on"


def test_a_forecast_is_not_spoken_of_as_accuracy(opened: Any, samples: Path, tmp_path: Path, qtbot: QtBot) -> None:
    """Before any training as well: the chart and the settings are those of a regression."""
    page = open_page(opened, copy_sample(samples / "seattle_temperature", tmp_path / "seattle"), SMALL)
    assert page.curves.quality.quantity.title.startswith("MAE")
    assert not page.form.editor("class_weights").isVisible()
    opened.session.open(copy_sample(samples / "fan_simulated", tmp_path / "fan"))
    opened.page("train")
    assert page.curves.quality.quantity.title == "Accuracy"
    assert page.form.editor("class_weights").isVisible()


def test_a_cell_lists_its_windows_and_leads_to_each_in_its_recording(opened: Any, trained: Path, qtbot: QtBot) -> None:
    opened.session.open(trained)
    page = opened.page("train")
    result = page.result
    true, predicted = next(
        (i, j) for i, row in enumerate(result.evaluation.confusion) for j, n in enumerate(row) if i != j and n
    )
    place = result.confusion.cell_rect(true, predicted).center().toPoint()
    qtbot.mouseClick(result.confusion, LEFT, pos=place)
    count = result.evaluation.confusion[true][predicted]
    assert len(result.windows.rows) == count > 0
    assert result.windows.isVisible()
    window = result.windows.rows[0]
    assert window.when == "1.50 to 4.50\u2009s"
    where = result.windows.visualRect(result.windows.index_of(window.key)).center()
    qtbot.mouseClick(result.windows.viewport(), LEFT, pos=where)
    label = opened.window.page
    assert label.id == "label"
    assert label.heading.text() == window.recording.name
    start, stop = label.waveform.traces.view
    assert start <= 1.5
    assert stop >= 4.5
    assert stop - start <= 9.1, "the window and as much again on either side"


def test_a_cell_of_what_was_right_lists_nothing(opened: Any, trained: Path, qtbot: QtBot) -> None:
    opened.session.open(trained)
    result = opened.page("train").result
    place = result.confusion.cell_rect(0, 0).center().toPoint()
    qtbot.mouseClick(result.confusion, LEFT, pos=place)
    assert "were recognised" in result.cell.text()
    assert not result.windows.isVisible()
