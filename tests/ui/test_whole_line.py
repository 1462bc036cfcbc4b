"""One person, one sitting: train, compress, look at the memory, export, all by clicking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from workbench import settings
from workbench.operations.projects import copy_sample
from workbench.operations.settings import change_settings
from workbench.training.settings import TrainingSettings

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 180_000
TINY = TrainingSettings(architecture="dense", layers=1, width=8, epochs=2, augmentation=0.0)


def go_to(opened: Any, qtbot: QtBot, station: str) -> Any:
    """Click a station in the rail; gives its page."""
    title = station.capitalize()
    button = next(one for one in opened.window.rail.findChildren(QAbstractButton) if one.text() == title)
    qtbot.mouseClick(button, LEFT)
    assert opened.window.page.id == station
    return opened.window.page


def test_the_whole_line_by_clicking(opened: Any, samples: Path, tmp_path: Path, qtbot: QtBot) -> None:
    session, out = opened.session, tmp_path / "firmware"
    settings.remember("export_folder", str(out))
    session.open(copy_sample(samples / "fan_simulated", tmp_path / "fan"))
    session.perform(change_settings, TINY)

    train = go_to(opened, qtbot, "train")
    qtbot.mouseClick(train.button, LEFT)
    qtbot.waitUntil(lambda: train.result.evaluation is not None, timeout=WAIT_MS)

    compress = go_to(opened, qtbot, "compress")
    compress.recipe.sparsity.setValue(0)  # pruning has its own tests; here it would only take longer
    compress.recipe.format_button("int8").click()
    qtbot.mouseClick(compress.make_button, LEFT)
    qtbot.waitUntil(lambda: session.project.current_variant().quantization == "int8", timeout=WAIT_MS)
    variant = session.project.current_variant()
    model = session.project.path(variant.model_file).read_bytes()

    memory = go_to(opened, qtbot, "memory")
    qtbot.waitUntil(lambda: memory.scene is not None and memory.scene.variant == variant.name, timeout=WAIT_MS)
    report = memory.scene.report
    assert report.fits
    cells = opened.window.fit_bar.cells
    # The child has written the variant before the window hears of it; then the bar says what the page says.
    qtbot.waitUntil(lambda: cells["flash"].figure.value == report.flash.used, timeout=WAIT_MS)
    assert not session.figures_stale
    assert opened.window.fit_bar.verdict.fits is True

    export = go_to(opened, qtbot, "export")
    qtbot.waitUntil(lambda: bool(export.items()), timeout=WAIT_MS)
    assert {item.text(2) for item in export.items().values()} == {"new"}
    qtbot.mouseClick(export.button, LEFT)
    qtbot.waitUntil(export.button.isEnabled, timeout=WAIT_MS)
    (folder,) = out.iterdir()
    assert (folder / "model.tflite").read_bytes() == model, "what was judged is what is deployed"
    assert list(folder.glob("*.ino"))
    qtbot.waitUntil(lambda: {item.text(2) for item in export.items().values()} == {"same"}, timeout=WAIT_MS)
