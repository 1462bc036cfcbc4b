"""A model dropped on the window: its own project, with what works on a model alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from workbench import settings

WAIT_MS = 60_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def model(shared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(shared / "models/mlperf_kws_ref_int8.tflite", tmp_path / "kws.tflite"))


@pytest.fixture(scope="module")
def keras_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tf_keras

    path = tmp_path_factory.mktemp("keras") / "net.keras"
    layers = tf_keras.layers
    tf_keras.Sequential([layers.Input((16, 2)), layers.Flatten(), layers.Dense(8), layers.Dense(2)]).save(path)
    return path


def drop(opened: Any, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    opened.window.dropEvent(
        QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    )


def test_a_dropped_model_is_seen_in_memory_and_exported(opened: Any, qtbot: QtBot, model: Path, tmp_path: Path) -> None:
    opened.session.choose_board("pico")
    with qtbot.waitSignal(opened.session.opened, timeout=WAIT_MS):
        drop(opened, model)
    project = opened.session.project
    assert project.folder == settings.projects_folder() / "kws"
    assert opened.window.page.id == "memory"
    assert opened.session.board.id == "pico", "the board that was chosen stays"
    assert any("project of its own" in message for message in opened.messages())
    qtbot.waitUntil(lambda: opened.session.figures is not None)
    cells = opened.window.fit_bar.cells
    assert all(cells[name].figure.value for name in ("flash", "ram", "latency", "energy"))
    assert cells["accuracy"].figure.value is None
    assert "without data" in cells["accuracy"].toolTip()
    assert "without data" in cells["accuracy"].footnote

    for station in ("label", "features", "train"):
        page = opened.page(station)
        assert page.empty.isVisible()
        assert "kws.tflite came without data" in page.empty.words.text()
    page = opened.page("compress")
    assert page.empty.heading.text() == "kws.tflite is final"
    assert page.empty.button.text() == "Open model…"

    page = opened.page("export")
    page.folder.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(opened.session.bridge.changed):
        qtbot.mouseClick(page.button, LEFT)
    qtbot.waitUntil((tmp_path / "out" / "kws" / "values.cpp").is_file, timeout=WAIT_MS)
    qtbot.waitUntil(page.button.isEnabled, timeout=WAIT_MS)


def test_the_same_model_again_is_the_same_project(opened: Any, qtbot: QtBot, model: Path, shoulder: Path) -> None:
    with qtbot.waitSignal(opened.session.opened, timeout=WAIT_MS):
        opened.session.open_model(model)
    folder = opened.session.project.folder
    drop(opened, model)
    qtbot.waitUntil(lambda: "kws.tflite is the model of this project." in opened.messages(), timeout=WAIT_MS)
    opened.session.open(shoulder)
    with qtbot.waitSignal(opened.session.opened, timeout=WAIT_MS):
        drop(opened, model, shoulder / "nothing.csv")
    assert opened.session.project.folder == folder


def test_what_is_no_model_leaves_the_open_project(opened: Any, qtbot: QtBot, shoulder: Path, tmp_path: Path) -> None:
    opened.session.open(shoulder)
    project = opened.session.project
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(b"\x1c\x00\x00\x00TFL3" + b"\xff" * 500)
    with qtbot.waitSignal(opened.session.failed, timeout=WAIT_MS):
        drop(opened, broken)
    assert opened.session.project is project
    assert project.name
    assert len([message for message in opened.messages() if "broken.tflite" in message]) == 1
    assert not list(settings.projects_folder().iterdir())


def test_a_keras_model_is_compressed_without_data(
    opened: Any, qtbot: QtBot, keras_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_kwargs: (str(keras_model), ""))
    with qtbot.waitSignal(opened.session.opened, timeout=WAIT_MS):
        qtbot.mouseClick(opened.window.page.model_button, LEFT)
    page = opened.page("compress")
    assert page.variants.unjudged.isVisible()
    assert not page.variants.tradeoff.isVisible()
    assert not page.test.button.isEnabled()
    page.recipe.sparsity.setValue(50)
    assert not page.recipe.training.isVisible()
    page.recipe.format_button("int8").click()
    qtbot.mouseClick(page.make_button, LEFT)
    qtbot.waitUntil(lambda: len(page.variants.variants) == 2, timeout=WAIT_MS)
    qtbot.waitUntil(page.variants.is_settled, timeout=WAIT_MS)
    made = opened.session.project.current_variant()
    assert made.name == "int8, 50 % sparse, calibrated on random values"
    assert any("random values" in message for message in opened.messages())
    assert page.variants.compared.rows[0].values == ("–", "–")
    qtbot.waitUntil(lambda: page.make_button.text() == "Make variant")
    accuracy = opened.window.fit_bar.cells["accuracy"]
    qtbot.waitUntil(lambda: "random values" in accuracy.toolTip(), timeout=WAIT_MS)  # figures come from a thread
