"""The pictures of models: matrix, network, trade-off, evaluation."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from workbench.training.evaluation import evaluate_classification, evaluate_regression
from workbench.ui.widgets.architecture_view import ArchitectureView, Block, described
from workbench.ui.widgets.confusion_view import ConfusionView
from workbench.ui.widgets.curves_view import ACCURACY, CurvesView
from workbench.ui.widgets.evaluation_view import EvaluationView, headline
from workbench.ui.widgets.tradeoff_view import Scale, TradeoffPoint, TradeoffView, front_of


def points() -> list[TradeoffPoint]:
    return [
        TradeoffPoint(1, "float32", 270.0, 0.91, "float32"),
        TradeoffPoint(2, "int8", 220.0, 0.90, "int8", current=True),
        TradeoffPoint(3, "int8, 90 % sparse", 220.0, 0.70, "int8"),
        TradeoffPoint(4, "worse and dearer", 300.0, 0.85, "float32"),
    ]


def test_the_front_holds_what_nothing_beats() -> None:
    accuracy, error = Scale("accuracy", higher_is_better=True), Scale("error")
    assert [point.id for point in front_of(points(), Scale("flash"), accuracy)] == [2, 1]
    errors = [TradeoffPoint(1, "a", 1.0, 0.5, "int8"), TradeoffPoint(2, "b", 2.0, 0.6, "int8")]
    assert [point.id for point in front_of(errors, Scale("flash"), error)] == [1]
    assert front_of([], Scale("flash"), error) == []


@pytest.fixture
def chart(qtbot: QtBot) -> TradeoffView:
    view = TradeoffView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show_points(
        points(),
        Scale("flash, KB", limit=256.0, limit_text="board"),
        Scale("accuracy", higher_is_better=True, from_zero=False),
    )
    view.show()
    return view


def test_clicking_a_point_tells_it(chart: TradeoffView, qtbot: QtBot) -> None:
    place = chart.place_of(chart.points[0]).toPoint()
    with qtbot.waitSignal(chart.chosen) as told:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [1]


def test_clicking_beside_the_points_tells_nothing(chart: TradeoffView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(chart.chosen):
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.area.topLeft().toPoint() + QPoint(3, 3))


def test_arrows_and_enter_choose_a_point(chart: TradeoffView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.hovered) as hovered:
        qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert hovered.args == [2], "the walk starts at the current variant"
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    with qtbot.waitSignal(chart.chosen) as told:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert told.args == [1]


def test_a_near_limit_is_on_the_chart_and_a_far_one_does_not_press_the_points_together(chart: TradeoffView) -> None:
    assert chart.x_axis.low < 256.0 < chart.x_axis.high
    chart.show_points(points(), Scale("", limit=100_000.0), Scale("", higher_is_better=True, from_zero=False))
    assert chart.x_axis.high < 1000


def test_a_cell_of_the_matrix_says_what_it_counts(qtbot: QtBot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.show_counts(["rest", "walk"], [[8, 2], [0, 5]])
    view.show()
    with qtbot.waitSignal(view.cell_chosen) as told:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(0, 1).center().toPoint())
    assert told.args == [0, 1]
    assert view.described(0, 1) == "2 of 10 windows of “rest” were taken for “walk” (20.0\u2009%)."
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.chosen == (1, 1)


@pytest.mark.parametrize("size", [(220, 200), (400, 300), (900, 900)])
def test_the_matrix_stays_inside_its_widget(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(*size)
    names = [f"a rather long name {n}" for n in range(7)]
    view.show_counts(names, np.eye(7, dtype=int).tolist())
    last = view.cell_rect(6, 6)
    assert last.right() <= view.width()
    assert last.bottom() <= view.height()


def test_blocks_are_drawn_to_scale_within_the_widget(qtbot: QtBot) -> None:
    view = ArchitectureView()
    qtbot.addWidget(view)
    view.resize(800, 180)
    blocks = [Block("1", "Conv2D", (1, 150, 16), 496, 72_000), Block("2", "Dense", (7,), 1799, 1792)]
    view.show_blocks((1, 150, 6), blocks)
    (_, first), (_, conv), (_, dense) = view._places()
    assert conv.height() == first.height() > dense.height()
    assert conv.width() > first.width()
    assert first.left() >= 0
    assert dense.right() <= view.width()
    assert "72,000 multiply-accumulates" in described(blocks[0])


def test_an_evaluation_is_shown_with_its_interval(qtbot: QtBot) -> None:
    view = EvaluationView("nothing yet")
    qtbot.addWidget(view)
    view.resize(500, 700)
    view.show()
    assert view.pages.currentWidget() is view.nothing
    true = np.array([0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
    scores = np.eye(2, dtype=np.float32)[np.array([0, 0, 1, 1, 1, 1, 1, 1, 1, 1])]
    view.show_evaluation(evaluate_classification(true, scores, ["rest", "walk"], split="validation"))
    assert view.figure.text() == "90.0\u2009%"
    assert view.about.text() == "accuracy (59.6 to 98.2\u2009%, 10 validation windows)"
    assert view.confusion.isVisible()
    assert view.classes.isVisible()
    view.resize(500, 400)
    qtbot.mouseClick(view.which.button(1), Qt.MouseButton.LeftButton)
    assert view.classes.isVisible()
    assert not view.confusion.isVisible()


def test_a_regression_shows_its_errors_in_the_unit_of_the_label(qtbot: QtBot) -> None:
    view = EvaluationView("nothing yet")
    qtbot.addWidget(view)
    view.resize(600, 300)
    evaluation = evaluate_regression(np.array([1.0, 2.0, 3.0]), np.array([1.5, 2.0, 2.5]), "°C", split="validation")
    view.show_evaluation(evaluation)
    assert view.pages.currentWidget() is view.residuals
    figure, about = headline(evaluation)
    assert figure == "0.333\u2009°C"
    assert "R²\u20090.750" in about
    assert not view.grab().isNull()


def test_the_mark_on_both_curves_is_the_epoch_that_was_kept(qtbot: QtBot) -> None:
    """A training keeps the weights of the lowest validation loss, not those of the highest accuracy."""
    view = CurvesView()
    qtbot.addWidget(view)
    history = {
        "loss": [3.0, 2.0, 1.0],
        "val_loss": [2.0, 1.0, 1.5],
        "accuracy": [0.5, 0.6, 0.7],
        "val_accuracy": [0.9, 0.8, 0.7],
    }
    view.show_history(ACCURACY, history)
    assert (view.loss.kept, view.quality.kept) == (1, 1)
    view.clear(ACCURACY, 10)
    assert view.loss.kept is None


def test_epochs_are_counted_in_whole_numbers(qtbot: QtBot) -> None:
    view = CurvesView()
    qtbot.addWidget(view)
    view.show_history(ACCURACY, {"loss": [3.0, 2.0, 1.0, 1.0, 1.0], "val_loss": [2.0, 1.0, 1.5, 1.5, 1.5]})
    for steps in (2, 3, 8):
        assert all(tick == int(tick) for tick in view.loss.x_axis.ticks(steps))
        assert view.loss.x_axis.ticks(steps)
    assert any(tick != int(tick) for tick in view.loss.y_axis.ticks(8)), "a loss is no count"


def test_a_matrix_in_a_narrow_place_leaves_the_names_above_out(qtbot: QtBot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.show_counts([f"a rather long name {n}" for n in range(7)], np.eye(7, dtype=int).tolist())
    view.resize(200, 170)
    assert view._layout().names == "left out"
    assert view.cell_rect(0, 0).width() > 12
    view.resize(420, 400)
    assert view._layout().names == "slanted"
