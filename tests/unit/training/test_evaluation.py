"""Evaluations against scikit-learn and published values."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn import metrics

from workbench.errors import BadProject
from workbench.training.evaluation import (
    MISTAKES_KEPT,
    RESIDUALS_KEPT,
    evaluate_classification,
    evaluate_regression,
    from_json,
    to_json,
    wilson_interval,
)

CLASSES = ("walk", "run", "rest", "never")


def some_scores() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 200)
    scores = rng.random((200, 4)).astype(np.float32)
    scores[np.arange(200), truth] += 0.5
    return truth, scores


def test_classification_agrees_with_scikit_learn() -> None:
    truth, scores = some_scores()
    found = evaluate_classification(truth, scores, CLASSES)
    predicted = scores.argmax(axis=1)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(truth, predicted))
    expected = metrics.confusion_matrix(truth, predicted, labels=range(4))
    np.testing.assert_array_equal(np.array(found.confusion), expected)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, predicted, labels=range(4), zero_division=0.0
    )
    for index, result in enumerate(found.per_class):
        assert result.name == CLASSES[index]
        assert (result.precision, result.recall, result.f1) == pytest.approx(
            (precision[index], recall[index], f1[index])
        )
        assert result.support == support[index]
    assert found.macro_f1 == pytest.approx(f1[:3].mean())  # a class without windows says nothing


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        # R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_gives_the_published_values(hits: int, count: int, low: float, high: float) -> None:
    assert wilson_interval(hits, count) == pytest.approx((low, high), abs=5e-5)


def test_windows_of_few_recordings_say_less_than_as_many_of_their_own() -> None:
    rng = np.random.default_rng(3)
    recordings = np.repeat(np.arange(20), 50)
    right = np.repeat(rng.random(20) < 0.8, 50)  # a recording is right or wrong as a whole
    truth = np.zeros(1000, np.int64)
    scores = np.where(right[:, None], [[1.0, 0.0]], [[0.0, 1.0]])
    alone = evaluate_classification(truth, scores, ("a", "b"))
    together = evaluate_classification(truth, scores, ("a", "b"), recordings=recordings)
    assert (alone.recordings, together.recordings) == (1000, 20)
    assert alone.accuracy == together.accuracy == pytest.approx(right.mean())
    assert together.accuracy_high - together.accuracy_low > 5 * (alone.accuracy_high - alone.accuracy_low)
    # About what twenty independent trials would give.
    low, high = wilson_interval(int(right[::50].sum()), 20)
    assert (together.accuracy_low, together.accuracy_high) == pytest.approx((low, high), abs=0.1)


def test_the_error_of_a_regression_has_an_interval_over_recordings() -> None:
    rng = np.random.default_rng(4)
    recordings = np.repeat(np.arange(40), 25)
    error = np.repeat(rng.normal(0, 1, 40), 25)
    found = evaluate_regression(np.zeros(1000), error, "g", recordings=recordings)
    assert found.mae_low < found.mae < found.mae_high
    expected = 1.96 * np.abs(error[::25]).std(ddof=1) / np.sqrt(40)
    assert found.mae_high - found.mae_low == pytest.approx(2 * expected, rel=0.15)


def test_no_windows_are_no_accuracy_and_no_crash() -> None:
    found = evaluate_classification(np.zeros(0, np.int64), np.zeros((0, 4), np.float32), CLASSES)
    assert (found.count, found.accuracy, found.accuracy_low, found.accuracy_high) == (0, 0.0, 0.0, 1.0)


def test_regression_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(6)
    truth = rng.normal(20, 5, 5000)
    predicted = truth + rng.normal(0, 1, 5000)
    found = evaluate_regression(truth, predicted, "°C")
    assert found.mae == pytest.approx(metrics.mean_absolute_error(truth, predicted))
    assert found.rmse == pytest.approx(metrics.root_mean_squared_error(truth, predicted))
    assert found.r2 == pytest.approx(metrics.r2_score(truth, predicted))
    assert found.unit == "°C"
    assert len(found.residuals) == RESIDUALS_KEPT
    assert found.residuals[0] == (truth[0], predicted[0])
    assert found.residuals[-1] == (truth[-1], predicted[-1])


def test_a_truth_that_never_varies_has_no_r2() -> None:
    found = evaluate_regression(np.full(4, 7.0), np.array([6.0, 7.0, 8.0, 9.0]), "kg")
    assert found.r2 is None
    assert found.mae == 1.0


def test_json_round_trip() -> None:
    truth, scores = some_scores()
    for found in (
        evaluate_classification(truth, scores, CLASSES, runtime="here", split="test"),
        evaluate_regression(truth, scores[:, 0], "g"),
    ):
        assert from_json(json.loads(json.dumps(to_json(found)))) == found


@pytest.mark.parametrize("damage", [{"per_class": [{"name": "a"}]}, {"confusion": 3}, {"residuals": [[1]]}])
def test_a_damaged_evaluation_is_one_message(damage: dict[str, object]) -> None:
    stored = to_json(evaluate_classification(*some_scores(), CLASSES)) | damage
    with pytest.raises(BadProject, match="cannot be read"):
        from_json(stored)
    with pytest.raises(BadProject, match="cannot be read"):
        from_json({})


def test_the_windows_behind_the_mistakes_are_kept_and_bounded() -> None:
    truth, guess = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0])
    recordings, starts = np.array([7, 7, 9, 9]), np.array([0, 50, 0, 50])
    scores = np.eye(2, dtype=np.float32)[guess]
    found = evaluate_classification(truth, scores, ("a", "b"), recordings=recordings, starts=starts, window_rows=100)
    assert found.mistakes == ((7, 50, 0, 1), (9, 50, 1, 0))
    assert from_json(json.loads(json.dumps(to_json(found)))) == found
    many = np.zeros(5000, np.int64)
    wrong = evaluate_classification(
        many, np.tile([0.0, 1.0], (5000, 1)), ("a", "b"), recordings=many, starts=np.arange(5000), window_rows=1
    )
    assert len(wrong.mistakes) == MISTAKES_KEPT
    assert wrong.mistakes[-1][1] == 4999, "spread over all of them"
