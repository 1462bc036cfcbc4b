"""Variants: made, seen against the board, chosen, and tested once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench import jobs
from workbench.compression.recipe import Recipe
from workbench.figures import UNKNOWN, Figure
from workbench.operations.projects import copy_sample
from workbench.operations.settings import change_settings
from workbench.project.store import Project
from workbench.training.settings import TrainingSettings
from workbench.ui.pages.compress import CompressPage
from workbench.ui.pages.slider_words import captions
from workbench.ui.slider_bench import State

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 180_000


@pytest.fixture(scope="module")
def trained_fan(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated fan with a small network that was really trained; copy it."""
    folder = copy_sample(samples / "fan_simulated", tmp_path_factory.mktemp("trained") / "fan")
    with Project.open(folder) as project:
        small = TrainingSettings(architecture="dense", layers=1, width=8, epochs=2, augmentation=0.0)
        change_settings(project, small)
    jobs.run("workbench.operations.train:train", folder)
    return folder


@pytest.fixture
def fan(trained_fan: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "fan"
    shutil.copytree(trained_fan, folder, ignore=shutil.ignore_patterns("project.lock"))
    return folder


def open_page(opened: Any, folder: Path, qtbot: QtBot) -> CompressPage:
    opened.session.open(folder)
    page = opened.page("compress")
    assert isinstance(page, CompressPage)
    settle(page, qtbot)
    return page


def settle(page: CompressPage, qtbot: QtBot) -> None:
    """Until the figures of all variants are known, and drawn."""
    qtbot.waitUntil(page.variants.is_settled, timeout=WAIT_MS)


def test_without_a_model_the_page_leads_to_train(opened: Any, shoulder: Path, qtbot: QtBot) -> None:
    opened.session.open(shoulder)
    page = opened.page("compress")
    assert page.pages.currentWidget() is page.empty
    qtbot.mouseClick(page.empty.button, LEFT)
    assert opened.window.page.id == "train"


def test_a_variant_is_made_compared_and_tested_once(opened: Any, fan: Path, qtbot: QtBot) -> None:
    page = open_page(opened, fan, qtbot)
    project = opened.session.project
    page.recipe.sparsity.setValue(0)  # pruning has its own tests; here it would only take longer
    page.recipe.format_button("int8").click()
    qtbot.mouseClick(page.make_button, LEFT)
    assert page.make_button.text() == "Cancel"
    qtbot.waitUntil(lambda: len(page.variants.variants) == 2, timeout=WAIT_MS)
    settle(page, qtbot)
    made = project.current_variant()
    assert made.quantization == "int8"
    assert page.make_button.text() == "Make variant"
    assert project.settings(Recipe).quantization == "int8"
    assert [row.name for row in page.variants.compared.rows][:2] == ["Quality", "Δ float"]
    assert len(page.variants.compared.rows[0].values) == 2, "float and current"
    assert page.variants.compare.views[0].evaluation is not None

    assert made.test is None
    assert "Not looked at yet" in page.test.words.text()
    qtbot.mouseClick(page.test.button, LEFT)
    qtbot.waitUntil(page.test.figures.isVisible, timeout=WAIT_MS)
    assert project.variant(made.id).test is not None
    assert not page.test.button.isEnabled()
    assert page.test.figures.rows[0].name == "Accuracy"


def test_a_cancelled_variant_never_appears(opened: Any, fan: Path, qtbot: QtBot) -> None:
    page = open_page(opened, fan, qtbot)
    qtbot.mouseClick(page.make_button, LEFT)
    job = page._job
    assert job is not None
    with qtbot.waitSignal(job.cancelled):
        qtbot.mouseClick(page.make_button, LEFT)
    assert len(opened.session.project.variants()) == 1
    assert page.make_button.text() == "Make variant"
    assert page.recipe.isEnabled()


def test_clicking_a_point_or_a_row_makes_the_variant_current(
    opened: Any, shoulder: Path, add_variant: Callable[..., int], int8_model: bytes, qtbot: QtBot
) -> None:
    first = add_variant(shoulder)
    second = second_variant(shoulder, first, int8_model, quantization="float32", name="another")
    page = open_page(opened, shoulder, qtbot)
    assert {point.id for point in page.variants.tradeoff.points} == {first, second}
    page.variants.costs.button(4).click()  # files differ in size, so the points do not cover each other
    other = next(point for point in page.variants.tradeoff.points if not point.current)
    qtbot.mouseClick(page.variants.tradeoff, LEFT, pos=page.variants.tradeoff.place_of(other).toPoint())
    assert opened.session.project.current_variant().id == other.id
    row = page.variants.table.index_of(first if other.id == second else second)
    qtbot.mouseClick(page.variants.table.viewport(), LEFT, pos=page.variants.table.visualRect(row).center())
    assert opened.session.project.current_variant().id != other.id


def second_variant(folder: Path, first: int, model: bytes, **changes: Any) -> int:
    """Another variant of the same run, in a somewhat larger file."""
    with Project.open(folder) as project, project.step("Compress"):
        one = project.variant(first)
        known: dict[str, Any] = {
            "name": "second",
            "recipe": one.recipe,
            "model": model + bytes(4096),
            "quantization": "int8",
            "sparsity": 0.0,
            "evaluation": one.evaluation,
            "runs_on_boards": True,
        }
        return project.add_variant(one.run_id, **(known | changes))


def test_what_boards_cannot_run_is_listed_but_not_set_against_their_limits(
    opened: Any, shoulder: Path, add_variant: Callable[..., int], int8_model: bytes, qtbot: QtBot
) -> None:
    first = add_variant(shoulder)
    second_variant(shoulder, first, int8_model, name="float16", quantization="float16", runs_on_boards=False)
    page = open_page(opened, shoulder, qtbot)
    assert [point.id for point in page.variants.tradeoff.points] == [first]
    assert page.variants.absent.text() == "Not on this chart: float16 (runs on: phone, CPU)."
    page.variants.costs.button(4).click()
    assert len(page.variants.tradeoff.points) == 2, "every file has a size"
    assert page.variants.absent.text() == ""


def test_another_board_moves_the_wall(opened: Any, trained: Path, qtbot: QtBot) -> None:
    page = open_page(opened, trained, qtbot)
    before = page.variants.tradeoff.scales[0].limit
    opened.session.choose_board("frdm_kl03z")
    settle(page, qtbot)
    assert page.variants.tradeoff.scales[0].limit is not None
    assert before is not None
    assert page.variants.tradeoff.scales[0].limit < before
    assert page.variants.compared.rows[-1].values[-1] == "does not fit"


def test_the_slider_says_what_it_does(opened: Any, trained: Path, qtbot: QtBot) -> None:
    page = open_page(opened, trained, qtbot)
    page.recipe.sparsity.setValue(0)
    assert page.recipe.share == "0\u2009%"
    page.recipe.sparsity.setValue(95)
    assert page.recipe.recipe.sparsity == 0.95
    assert page.recipe.share == "95\u2009%"
    assert page.recipe.sparsity.maximum() == 95
    page.recipe.dial("clusters").setValue(5)
    assert page.recipe.recipe.clusters == 16
    page.recipe.set_recipe(Recipe(qat=True, calibration="percentile"))
    page.recipe.format_button("float16").click()
    assert not page.recipe.calibration.isVisible()
    assert not page.recipe.recipe.qat, "it does nothing for this format"
    page.recipe.format_button("int16x8").click()
    assert page.recipe.recipe.calibration == "minmax"


def test_sliders_are_answered_kept_and_never_stale(opened: Any, fan: Path, qtbot: QtBot) -> None:
    page = open_page(opened, fan, qtbot)
    bench, strip = page.sliding.bench, page.sliding.strip
    assert not strip.keep_button.isEnabled()
    qtbot.waitUntil(lambda: bench.state is State.EXACT, timeout=WAIT_MS)
    page.recipe.set_recipe(Recipe(fine_tune_epochs=0))
    seen = []
    bench.changed.connect(lambda: bench.shown and seen.append((bench.state, bench.shown.tried.recipe.sparsity)))
    with qtbot.waitSignal(bench.changed):
        for percent in range(10, 60, 7):  # as when it is dragged
            page.recipe.sparsity.setValue(percent)
    assert strip.cells["flash"].dimmed
    assert strip.status.text() == "Following the sliders…"
    assert not strip.keep_button.isEnabled()
    qtbot.waitUntil(lambda: bench.state is State.EXACT, timeout=WAIT_MS)
    assert {sparsity for state, sparsity in seen if state is State.EXACT} == {0.59}
    assert len({sparsity for _, sparsity in seen}) <= 4, "places in between are passed over"
    assert not strip.cells["flash"].dimmed
    assert bench.tuning is None, "nothing is trained when the recipe says so"
    shown = bench.shown.tried

    qtbot.waitUntil(lambda: bench.shown.tried.layers[0].output_sqnr_db is not None)
    page.views.button(1).click()
    assert [row.picture.layer.name for row in page.sliding.layers.rows] == list(bench._sliders.data.base.names.values())
    qtbot.mouseClick(strip.keep_button, LEFT)
    kept = opened.session.project.current_variant()
    assert kept.name == "int8, 59 % sparse, not fine-tuned"
    settle(page, qtbot)
    figures = page.variants.figures_of(next(one for one in page.variants.variants if one.id == kept.id))
    assert figures is not None
    for name in ("flash", "ram", "latency", "energy", "accuracy"):
        assert getattr(figures, name) == getattr(shown.figures, name), name


def test_a_regression_is_told_by_its_error() -> None:
    assert captions({"accuracy": Figure(0.2, "°C"), "ram": UNKNOWN}, None) == {"accuracy": "ERROR", "ram": "RAM"}
    assert captions({"accuracy": Figure(0.2, "1")}, None) == {"accuracy": "ACCURACY"}


def test_letting_go_fine_tunes_and_a_move_cancels_it(
    opened: Any, fan: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr("workbench.ui.slider_bench.FINE_TUNE", "slow_work:fine_tuned")
    jobs.cool_down()  # the spare child does not know of it
    page = open_page(opened, fan, qtbot)
    bench = page.sliding.bench
    qtbot.waitUntil(lambda: bench.state is State.EXACT, timeout=WAIT_MS)
    page.recipe.set_recipe(Recipe(fine_tune_epochs=1))
    page.recipe.sparsity.setValue(50)
    qtbot.waitUntil(lambda: bench.tuning is not None, timeout=WAIT_MS)
    first = bench.tuning
    with qtbot.waitSignal(first.cancelled):
        page.recipe.sparsity.setValue(60)
    qtbot.waitUntil(lambda: bench.state is State.FINE_TUNED or bool(opened.messages()), timeout=WAIT_MS)
    assert opened.messages() == []
    assert bench.shown.tried.recipe.sparsity == 0.6
    assert bench.shown.fine_tuned
    assert page.sliding.strip.status.text() == "Fine-tuned"
    assert page.sliding.strip.title.text() == "At the sliders: int8, 60 % sparse"
    page.make_or_cancel()  # nothing is computed twice
    assert opened.session.project.current_variant().name == "int8, 60 % sparse"


def test_a_child_that_dies_is_one_message_and_the_exact_figures_stay(
    opened: Any, fan: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    page = open_page(opened, fan, qtbot)
    bench = page.sliding.bench
    qtbot.waitUntil(lambda: bench.state is State.EXACT, timeout=WAIT_MS)
    monkeypatch.setattr("workbench.ui.slider_bench.FINE_TUNE", "slow_work:die")
    jobs.cool_down()  # the spare child does not know of it
    page.recipe.sparsity.setValue(40)
    with qtbot.waitSignal(bench.failed, timeout=WAIT_MS):
        pass
    assert len(opened.messages()) == 1
    assert "ended unexpectedly" in opened.messages()[0]
    assert bench.state is State.EXACT
    assert bench.shown.tried.recipe.sparsity == 0.4


def test_a_project_without_a_model_shows_no_test_of_the_one_before(
    opened: Any, trained: Path, samples: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_page(opened, trained, qtbot)
    assert page.test.button.isEnabled()
    opened.session.open(copy_sample(samples / "fan_simulated", tmp_path / "fan"))
    assert opened.page("compress") is page
    assert not page.test.button.isEnabled()
    assert page.test.words.text() == "Train a model first."
