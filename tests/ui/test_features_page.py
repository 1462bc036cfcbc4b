"""The chain follows its settings; the split is told in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox
from pytestqt.qtbot import QtBot

from workbench.dataset.settings import SplitSettings, WindowSettings
from workbench.features.settings import FeatureSettings
from workbench.operations.projects import copy_sample
from workbench.ui.pages.features import FeaturesPage
from workbench.ui.widgets.array_picture import Pixels, Table, Traces
from workbench.ui.widgets.split_view import PartCounts, statement

WAIT_MS = 30_000


def open_page(opened: Any, folder: Path, qtbot: QtBot) -> FeaturesPage:
    opened.session.open(folder)
    page = opened.page("features")
    qtbot.waitUntil(lambda: bool(page.split.parts), timeout=WAIT_MS)
    assert isinstance(page, FeaturesPage)
    return page


def choose(page: FeaturesPage, cls: type, name: str, value: str) -> None:
    box = page.forms[cls].editor(name)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_the_split_is_counted_and_told(opened: Any, shoulder: Path, qtbot: QtBot) -> None:
    page = open_page(opened, shoulder, qtbot)
    groups = [set(part.groups) for part in page.split.parts]
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]
    assert "No subject is in two of them." in page.statement.text()
    for part in page.split.parts:
        assert sum(part.per_class.values()) == part.windows
    assert isinstance(page.normal_picture.drawing, Traces)
    box = page.forms[SplitSettings].editor("by")
    assert isinstance(box, QComboBox)
    offered = {box.itemData(row) for row in range(box.count())}
    assert {"recording", "subject"} <= offered


def test_a_window_that_is_too_long_is_explained_and_a_shorter_one_mends_it(
    opened: Any, shoulder: Path, qtbot: QtBot
) -> None:
    page = open_page(opened, shoulder, qtbot)
    length = page.forms[WindowSettings].editor("length_s")
    assert isinstance(length, QDoubleSpinBox)
    length.setValue(5000.0)
    qtbot.waitUntil(lambda: bool(opened.messages()), timeout=WAIT_MS)
    assert page.split.parts == ()
    assert page.window_picture.drawing is None
    length.setValue(1.0)
    qtbot.waitUntil(lambda: bool(page.split.parts), timeout=WAIT_MS)
    assert isinstance(page.window_picture.drawing, Traces)
    assert page.window_picture.drawing.values.shape == (50, 6)


def test_the_chain_draws_what_each_block_makes(opened: Any, shoulder: Path, qtbot: QtBot) -> None:
    page = open_page(opened, shoulder, qtbot)
    choose(page, FeatureSettings, "block", "statistics")
    drawing = page.feature_picture.drawing
    assert isinstance(drawing, Table)
    assert drawing.rows == ("ax", "ay", "az", "wx", "wy", "wz")
    assert drawing.columns[0] == "mean"
    qtbot.waitUntil(lambda: isinstance(page.normal_picture.drawing, Table), timeout=WAIT_MS)
    choose(page, FeatureSettings, "block", "spectrum")
    spectrum = page.feature_picture.drawing
    assert isinstance(spectrum, Traces)
    assert spectrum.unit == "Hz"
    assert spectrum.high == 25.0
    assert page.session.project is not None
    assert page.session.project.settings(FeatureSettings).block == "spectrum"


def test_another_recording_and_another_place_in_it(opened: Any, shoulder: Path, qtbot: QtBot) -> None:
    page = open_page(opened, shoulder, qtbot)
    page.position.setValue(500)
    first = page.window_picture.drawing
    assert isinstance(first, Traces)
    assert first.low == 10.0
    qtbot.mouseClick(page.forward, Qt.MouseButton.LeftButton)
    second = page.window_picture.drawing
    assert isinstance(second, Traces)
    assert second.low == 0.0
    assert page.recording.currentIndex() == 1


def test_pictures_have_no_length_and_are_drawn_as_pictures(
    opened: Any, samples: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_page(opened, copy_sample(samples / "fashion_pictures", tmp_path / "pictures"), qtbot)
    assert isinstance(page.window_picture.drawing, Pixels)
    assert not page.forms[WindowSettings].editor("length_s").isVisible()
    assert "No recording is in two of them." in page.statement.text()


@pytest.mark.parametrize(
    ("by", "groups", "told"),
    [
        ("subject", (("10", "2"), ("3",), ("4",)), "training subject 2, 10; validation subject 3; test subject 4"),
        ("recording", (("1", "2"), ("3",), ("4",)), "training 2 recordings; validation 1 recording; test 1 recording."),
    ],
)
def test_the_statement_names_groups_and_counts_recordings(by: str, groups: Any, told: str) -> None:
    parts = [PartCounts(n, 1, g, {}) for n, g in zip(("train", "validation", "test"), groups, strict=True)]
    assert told in statement(by, parts)
