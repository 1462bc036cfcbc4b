"""Variants pinned, named, deleted and compared; the search and the sensitivity of layers in the window."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from workbench.operations.search.record import Found, SearchFolder, Trial
from workbench.operations.sensitivity import LayerSensitivity, Sensitivity
from workbench.project.store import Project
from workbench.ui.pages.compress import CompressPage
from workbench.ui.pages.compress_variants import VariantsView

LEFT = Qt.MouseButton.LeftButton
BOARD = "nano33ble_sense"


@pytest.fixture
def two(opened: Any, shoulder: Path, add_variant: Callable[..., int], qtbot: QtBot) -> VariantsView:
    """The variants view of a project with two trainings, of two variants and one; variant 2 is current."""
    add_variant(shoulder, name="of another training")
    with Project.open(shoulder) as project, project.step("Compress"):
        add_variant_of(project, 1, "smaller")
    opened.session.open(shoulder)
    page = opened.page("compress")
    assert isinstance(page, CompressPage)
    qtbot.waitUntil(page.variants.is_settled, timeout=120_000)
    return page.variants


def add_variant_of(project: Project, run: int, name: str) -> int:
    one = project.variants(run)[0]
    model = project.path(one.model_file).read_bytes()
    return project.add_variant(
        run,
        name=name,
        recipe=one.recipe,
        model=model,
        quantization="int8",
        sparsity=0.0,
        evaluation=one.evaluation,
        runs_on_boards=True,
    )


def test_pin_rename_delete_and_take_back(opened: Any, two: VariantsView, qtbot: QtBot) -> None:
    project = opened.session.project
    two.table.choose(2)
    qtbot.mouseClick(two.pin_button, LEFT)
    assert project.variant(2).pinned
    assert [point.id for point in two.tradeoff.points if point.pinned] == [2]
    two.table.choose(2)
    assert two.pin_button.text() == "Unpin"
    index = two.table.index_of(2)
    two.table.model().setData(index, "my favourite", Qt.ItemDataRole.EditRole)
    assert project.variant(2).name == "my favourite"
    two.table.choose(2)
    two.table.setFocus()
    qtbot.keyClick(two.table, Qt.Key.Key_Delete)
    assert [one.id for one in project.variants()] == [1]
    opened.session.undo()
    assert [(one.id, one.name, one.pinned) for one in two.variants] == [
        (1, "of another training", False),
        (2, "my favourite", True),
    ]


def test_any_two_variants_are_compared(opened: Any, two: VariantsView, qtbot: QtBot) -> None:
    two.views.button(1).click()
    compare = two.compare
    assert [compare.second.itemData(place) for place in range(compare.second.count())] == [1, 2]
    compare.first.setCurrentIndex(0)
    compare.first.activated.emit(0)
    compare.which.button(1).click()
    assert compare.figures.rows[-1].name.startswith("Recall: ")
    assert len(compare.figures.rows[0].values) == 2
    qtbot.mouseClick(compare.change, LEFT, pos=compare.change.cell_rect(0, 0).center().toPoint())
    assert compare.cell.text().startswith("As many windows")
    assert compare.caution.text() == ""


def test_the_axes_can_be_any_two_figures(opened: Any, two: VariantsView, qtbot: QtBot) -> None:
    two.upwards.setCurrentIndex(1)  # flash
    two.costs.button(1).click()  # against RAM
    across, upwards = two.tradeoff.scales
    assert "RAM" in across.title and "flash" in upwards.title
    assert across.limit and upwards.limit and not upwards.higher_is_better
    two.tradeoff.setFocus()
    qtbot.keyClick(two.tradeoff, Qt.Key.Key_Right)
    qtbot.keyClick(two.tradeoff, Qt.Key.Key_Left)
    with qtbot.waitSignal(two.tradeoff.chosen):
        qtbot.keyClick(two.tradeoff, Qt.Key.Key_Return)


def test_the_report_is_written_where_one_says(
    opened: Any, two: VariantsView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    out = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    qtbot.mouseClick(two.report_button, LEFT)
    assert "of another training" in out.read_text(encoding="utf-8")
    assert any(str(out) in text for text in opened.messages())


def trial(number: int, quality: float, flash: float, **changes: Any) -> Trial:
    made = Trial(
        number,
        "judged",
        f"model {number}",
        {"recipe": {"quantization": "int8"}},
        quality=quality,
        flash=flash,
        ram=2e4,
        latency=1e-3,
        energy=1e-6,
        fits=True,
    )
    return dataclasses.replace(made, **changes)


FOUND = Found(
    "a-search",
    BOARD,
    "classification",
    "",
    10.0,
    spent_s=60.0,
    trials=(
        trial(0, 0.8, 2e5),
        trial(1, 0.9, 1e5),
        trial(2, 0.7, 3e5, state="stopped"),
        trial(3, 0.95, 9e6, fits=False),
    ),
)


def test_a_search_that_was_paused_is_seen_again(opened: Any, trained: Path, qtbot: QtBot) -> None:
    place = SearchFolder(trained, FOUND.name)
    place.path.mkdir(parents=True)
    place.save(FOUND)
    opened.session.open(trained)
    view = opened.page("compress").variants
    view.views.button(3).click()
    search = view.search
    assert search.start_button.text() == "Resume"
    assert "4 tried (3 judged, 1 stopped), best 90.0" in search.state.text()
    assert "9\u2009min left" in search.state.text()
    assert [point.id for point in search.picture.points if point.current] == [1], "what does not fit is no answer"
    search.table.choose(2, tell=True)
    assert not search.take_button.isEnabled()
    search.table.choose(1, tell=True)
    assert search.take_button.isEnabled()
    qtbot.mouseClick(search.stop_button, LEFT)
    assert search.start_button.text() == "Start anew"


def test_points_come_while_it_searches_and_pause_keeps_them(
    opened: Any, trained: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr("workbench.ui.pages.search_view._JOB", "slow_work:pretend_search")
    opened.session.open(trained)
    view = opened.page("compress").variants
    view.views.button(3).click()
    search = view.search
    assert search.start_button.text() == "Start search"
    qtbot.mouseClick(search.start_button, LEFT)
    assert search.start_button.text() == "Pause"
    qtbot.waitUntil(lambda: len(search.picture.points) == 1, timeout=120_000)
    assert "2 running" in search.state.text()
    job = search._job
    with qtbot.waitSignal(job.cancelled):
        qtbot.mouseClick(search.start_button, LEFT)
    assert not search.is_running
    assert len(search.picture.points) == 1


def test_a_layer_that_suffers_is_left_alone_with_a_click(opened: Any, trained: Path) -> None:
    opened.session.open(trained)
    page = opened.page("compress")
    view = page.variants.sensitivity
    page.variants.views.button(2).click()
    drops = {"bits": 0.3, "channels": None, "sparsity": 0.0}
    layers = (
        LayerSensitivity("conv", "CONV_2D", 480, 45.0, 38.0, 20.0, drops),
        LayerSensitivity("dense", "FULLY_CONNECTED", 90, 44.0, 31.0, 19.0, drops),
    )
    view._measured(Sensitivity(page.variants._run.id, "classification", "", 0.9, 140, layers))
    assert list(view.bars.switches) == ["conv", "dense"]
    view.bars.switches["conv"].click()
    assert page.recipe.recipe.exempt == ("conv",)
    page.recipe.set_exempt(())
    assert not view.bars.switches["conv"].isChecked()
