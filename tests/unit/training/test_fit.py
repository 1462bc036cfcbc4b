"""The training loop: it learns, stops, can be cancelled, and does the same twice."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from workbench.jobs import Cancelled, QuietJob
from workbench.training.fit import LABEL_SMOOTHING, Examples, FitPlan, class_weights, fit, learning_rate, predict
from workbench.training.keras_model import build_model, scale_output
from workbench.training.layers import Dense, Layer, ReLU


class Watching(QuietJob):
    """Keeps what is reported; is cancelled after so many looks."""

    def __init__(self, looks: int = 10**9) -> None:
        self.epochs: list[dict[str, Any]] = []
        self.fractions: list[float | None] = []
        self.looks = looks

    @property
    def cancelled(self) -> bool:  # type: ignore[override]  # QuietJob's is a constant
        self.looks -= 1
        return self.looks < 0

    def progress(self, text: str, fraction: float | None = None) -> None:
        self.fractions.append(fraction)

    def report(self, kind: str, **values: Any) -> None:
        assert kind == "epoch"
        self.epochs.append(values)


def points(count: int, seed: int, task: str = "classification") -> Examples:
    """Points in the plane; the class is the sign of x + y, the value x - 2 y."""
    xy = np.random.default_rng(seed).normal(0, 1, (count, 2)).astype(np.float32)
    classes = (xy.sum(axis=1) > 0).astype(np.int64)
    values = (xy[:, 0] - 2 * xy[:, 1]).astype(np.float32)
    return Examples(xy, classes if task == "classification" else values, np.ones(count, dtype=np.float32))


def model(task: str = "classification", seed: int = 1) -> Any:
    last = Dense(2, "softmax") if task == "classification" else Dense(1)
    layers: list[Layer] = [Dense(8), ReLU(), last]
    return build_model(layers, (2,), seed)


def plan(task: str = "classification", **changes: Any) -> FitPlan:
    values = {"epochs": 12, "patience": 12, "batch_size": 16, "learning_rate": 0.02, "seed": 3}
    return FitPlan(task=task, **(values | changes))


def smoothed_loss(made: Any, examples: Examples) -> float:
    """Keras's own loss with smoothed labels, over all examples."""
    import tf_keras

    loss = tf_keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING)
    return float(loss(np.eye(2, dtype=np.float32)[examples.targets], made(examples.inputs)))


def test_the_last_epoch_is_kept_where_it_is_asked_for() -> None:
    made, kept, seen = model(), [], Watching()

    def after_epoch(_epoch: int) -> bool:
        kept.append(made.get_weights())
        return True

    train, other = points(60, 1), points(40, 2)
    validation = dataclasses.replace(other, targets=1 - other.targets)  # the more is learnt, the worse
    lasting = plan(epochs=6, patience=1, keeps_last=True)
    history = fit(made, train, validation, lasting, seen, title="Training", after_epoch=after_epoch)
    assert len(seen.epochs) == 6, "no early stop"
    assert history["val_loss"].index(min(history["val_loss"])) < 5, "the last one is not the best"
    for weights, last in zip(made.get_weights(), kept[-1], strict=True):
        np.testing.assert_array_equal(weights, last)


def test_it_learns_and_reports_every_epoch() -> None:
    job = Watching()
    made = model()
    history = fit(made, points(200, 1), points(100, 2), plan(), job, title="Training")
    assert history["val_accuracy"][-1] > 0.95
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    assert [len(values) for values in history.values()] == [12] * 4
    assert [e["epoch"] for e in job.epochs] == list(range(1, 13))
    assert set(job.epochs[0]) == {"epoch", "epochs", "loss", "accuracy", "val_loss", "val_accuracy"}
    assert job.fractions[-1] == 1.0


def test_regression_reports_its_error_in_the_unit_of_the_labels() -> None:
    made = model("regression")
    validation = points(100, 2, "regression")
    history = fit(
        made,
        points(200, 1, "regression"),
        validation,
        plan("regression", metric_gain=10.0),
        QuietJob(),
        title="Training",
    )
    error = np.abs(predict(made, validation.inputs)[:, 0] - validation.targets).mean()
    assert min(history["val_mae"]) == pytest.approx(10 * error, rel=0.2)
    assert history["val_mae"][-1] < 0.3 * history["val_mae"][0]


def test_the_same_seed_gives_the_same_weights_and_another_others() -> None:
    weights = []
    for seed in (3, 3, 4):
        made = model()
        fit(made, points(64, 1), points(32, 2), plan(epochs=2, seed=seed), QuietJob(), title="Training")
        weights.append(np.concatenate([w.ravel() for w in made.get_weights()]))
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_the_best_epoch_is_kept_and_waiting_ends() -> None:
    # Validation labels are the opposite of the truth: every epoch is worse than the one before.
    wrong = points(50, 2)
    wrong = Examples(wrong.inputs, 1 - wrong.targets, wrong.weights)
    made = model()
    history = fit(made, points(200, 1), wrong, plan(patience=3), QuietJob(), title="Training")
    assert len(history["loss"]) == 4
    assert smoothed_loss(made, wrong) == pytest.approx(history["val_loss"][0], rel=1e-4)


def test_epochs_that_must_not_be_kept_are_not() -> None:
    made = model()
    seen: list[int] = []

    def after_epoch(epoch: int) -> bool:
        seen.append(epoch)
        return epoch >= 2

    history = fit(
        made, points(64, 1), points(32, 2), plan(epochs=4), QuietJob(), title="Training", after_epoch=after_epoch
    )
    assert seen == [0, 1, 2, 3]
    assert smoothed_loss(made, points(32, 2)) == pytest.approx(min(history["val_loss"][2:]), rel=1e-4)


def test_varied_inputs_are_made_for_every_epoch() -> None:
    train = points(64, 1)
    drawn: list[float] = []

    def varied(rng: np.random.Generator) -> np.ndarray:
        drawn.append(rng.random())
        return -train.inputs  # the opposite of what the labels say

    turned = Examples(train.inputs, train.targets, train.weights, varied)
    history = fit(model(), turned, points(100, 2), plan(epochs=6), QuietJob(), title="Training")
    assert len(set(drawn)) == 6
    assert history["accuracy"][-1] > 0.9
    assert history["val_accuracy"][-1] < 0.1


def test_cancelling_takes_hold_between_batches() -> None:
    job = Watching(looks=5)  # in the middle of the first epoch of 13 batches
    with pytest.raises(Cancelled):
        fit(model(), points(200, 1), points(50, 2), plan(), job, title="Training")
    assert job.epochs == []


def test_rare_classes_weigh_more() -> None:
    targets = np.array([0] * 90 + [1] * 10)
    np.testing.assert_allclose(class_weights(targets, 2, balanced=True), [100 / 180, 5.0], rtol=1e-6)
    np.testing.assert_array_equal(class_weights(targets, 2, balanced=False), [1, 1])


def test_the_learning_rate_rises_shortly_then_falls() -> None:
    rates = [learning_rate(step, 200, 0.1) for step in range(200)]
    assert rates[0] == pytest.approx(0.01)
    assert max(rates) == pytest.approx(0.1)
    assert rates.index(max(rates)) in (9, 10)
    assert rates[-1] < 0.002
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_a_regression_model_is_taught_another_unit() -> None:
    made = model("regression")
    inputs = points(20, 5).inputs
    before = predict(made, inputs)
    scale_output(made, 5.0, 20.0)
    np.testing.assert_allclose(predict(made, inputs), 5 * before + 20, rtol=1e-5)
    scale_output(made, 1 / 5.0, -20.0 / 5.0)
    np.testing.assert_allclose(predict(made, inputs), before, atol=1e-5)
