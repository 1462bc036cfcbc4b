"""The training loop: batches, epochs, early stopping. TensorFlow is imported inside: for child processes.

A loop of our own, because it has to be cancelled between batches, report each epoch, and give the same weights
for the same seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.dataset import Targets
from workbench.jobs import Cancelled, Job

Floats = NDArray[np.float32]
_EVALUATION_BATCH = 512
# Keeps the network from being sure of itself on people it knows; one overconfident window in the validation split
# would otherwise decide which epoch is best (C. Szegedy et al., Rethinking the Inception Architecture, 2015).
LABEL_SMOOTHING = 0.1


@dataclass(frozen=True)
class Examples:
    """Model inputs (N, …) float32, targets (N,), and how much each counts (N,) float32.

    ``varied``, when given, makes the inputs of an epoch anew, in the same order.
    """

    inputs: Floats
    targets: Targets
    weights: Floats
    varied: Callable[[np.random.Generator], Floats] | None = None


@dataclass(frozen=True)
class FitPlan:
    """How to fit. ``metric_gain`` turns the mean absolute error of a regression into the label's unit.

    With ``keeps_last`` the weights of the last epoch stay, else those of the best by validation loss.
    """

    task: str
    epochs: int
    patience: int
    batch_size: int
    learning_rate: float
    seed: int
    metric_gain: float = 1.0
    keeps_last: bool = False

    @property
    def metric(self) -> str:
        return "accuracy" if self.task == "classification" else "mae"


@dataclass(frozen=True)
class Teacher:
    """A trained model (tf_keras) whose answers are learnt as well as the labels: distillation.

    Half of the loss is the cross-entropy with the teacher's answers, both softened by ``temperature`` and weighted by
    its square (G. Hinton, O. Vinyals and J. Dean, Distilling the knowledge in a neural network, 2015); for a number to
    predict, the squared difference from the teacher's.
    """

    model: Any
    temperature: float
    share: float = 0.5


def class_weights(targets: Targets, classes: int, *, balanced: bool) -> Floats:
    """The weight of each class, (classes,) float32: N / (classes * its windows), or 1 for all."""
    counts = np.bincount(targets.astype(np.int64), minlength=classes)
    if not balanced:
        return np.ones(classes, dtype=np.float32)
    return (len(targets) / (classes * np.maximum(counts, 1))).astype(np.float32)


def learning_rate(step: int, steps: int, peak: float) -> float:
    """A short warm-up, then half a cosine down to a hundredth of ``peak``."""
    warm_up = max(1, steps // 20)
    if step < warm_up:
        return peak * (step + 1) / warm_up
    fall = (step - warm_up) / max(1, steps - warm_up)
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * fall)))


def fit(
    model: Any,
    train: Examples,
    validation: Examples,
    plan: FitPlan,
    job: Job,
    *,
    title: str,
    after_epoch: Callable[[int], bool] | None = None,
    teacher: Teacher | None = None,
) -> dict[str, list[float]]:
    """Train ``model`` in place and leave it with the weights of the epoch that ``plan`` keeps.

    Reports every epoch ("epoch" with epoch, epochs, loss, val_loss, accuracy/mae, val_accuracy/val_mae).
    ``after_epoch`` is called with the epoch's number, from 0, before it is judged, and says whether it may be kept
    as the one that is kept. Gives the history, one list a value. Raises Cancelled between batches.
    """
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    tf.random.set_seed(plan.seed)  # dropout draws from it; a loaded model brings no seed of its own
    step = _training_step(model, plan, teacher)
    answer = tf.function(lambda x: model(x, training=False), reduce_retracing=True)
    rng = np.random.default_rng(plan.seed)
    batches = math.ceil(len(train.targets) / plan.batch_size)
    history: dict[str, list[float]] = {name: [] for name in _history_names(plan)}
    best: tuple[float, list[NDArray[np.float32]]] | None = None
    waited = 0
    for epoch in range(plan.epochs):
        inputs = train.inputs if train.varied is None else train.varied(rng)
        order = rng.permutation(len(train.targets))
        loss = right = 0.0
        for batch in range(batches):
            if job.cancelled:
                raise Cancelled
            number = epoch * batches + batch
            chosen = order[batch * plan.batch_size : (batch + 1) * plan.batch_size]
            rate = learning_rate(number, plan.epochs * batches, plan.learning_rate)
            batch_loss, batch_right = step(
                inputs[chosen], train.targets[chosen], train.weights[chosen], np.float32(rate)
            )
            loss += float(batch_loss) * len(chosen)
            right += float(batch_right)
        may_be_best = after_epoch is None or after_epoch(epoch)
        val_loss, val_metric = _judge(predict(answer, validation.inputs), validation, plan)
        values = (loss / len(order), right / len(order) * _gain(plan), val_loss, val_metric)
        shown = dict(zip(_history_names(plan), values, strict=True))
        for name, value in shown.items():
            history[name].append(value)
        job.report("epoch", epoch=epoch + 1, epochs=plan.epochs, **shown)
        job.progress(f"{title}: epoch {epoch + 1} of {plan.epochs}", (epoch + 1) / plan.epochs)
        if not may_be_best:
            continue
        if best is None or val_loss < best[0] or plan.keeps_last:
            best, waited = (val_loss, model.get_weights()), 0
        else:
            waited += 1
        if waited >= plan.patience:
            break
    if best is not None:
        model.set_weights(best[1])
    return history


def predict(answer: Callable[[Any], Any], inputs: Floats) -> Floats:
    """What ``answer`` (a model or a function of one) gives for inputs (N, …): float32 (N, outputs)."""
    parts = [
        np.asarray(answer(inputs[start : start + _EVALUATION_BATCH]))
        for start in range(0, len(inputs), _EVALUATION_BATCH)
    ]
    return np.concatenate(parts).astype(np.float32, copy=False)


def _history_names(plan: FitPlan) -> tuple[str, ...]:
    return ("loss", plan.metric, "val_loss", f"val_{plan.metric}")


def _gain(plan: FitPlan) -> float:
    return 1.0 if plan.task == "classification" else plan.metric_gain


def _training_step(model: Any, plan: FitPlan, teacher: Teacher | None) -> Callable[..., tuple[Any, Any]]:
    """One step of Adam, compiled once: (inputs, targets, weights, rate) to (loss, hits or summed error)."""
    import tensorflow as tf
    import tf_keras

    # clipnorm: one odd window must not throw the weights off.
    optimizer = tf_keras.optimizers.Adam(plan.learning_rate, clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    classification = plan.task == "classification"
    shape = (None, *model.input_shape[1:])
    target_type = tf.int64 if classification else tf.float32

    def step(inputs: Any, targets: Any, weights: Any, rate: Any) -> tuple[Any, Any]:
        optimizer.learning_rate.assign(rate)
        with tf.GradientTape() as tape:
            output = model(inputs, training=True)
            if classification:
                wanted = tf.one_hot(targets, output.shape[1])
                losses = tf_keras.losses.categorical_crossentropy(wanted, output, label_smoothing=LABEL_SMOOTHING)
                right = tf.reduce_sum(tf.cast(tf.equal(tf.argmax(output, axis=1), targets), tf.float32))
            else:
                error = output[:, 0] - targets
                losses = tf.square(error)
                right = tf.reduce_sum(tf.abs(error))
            if teacher is not None:
                taught = _distance(output, teacher.model(inputs, training=False), teacher, classification)
                losses = (1 - teacher.share) * losses + teacher.share * taught
            loss = tf.reduce_mean(losses * weights)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss, right

    signature = [
        tf.TensorSpec(shape, tf.float32),
        tf.TensorSpec((None,), target_type),
        tf.TensorSpec((None,), tf.float32),
        tf.TensorSpec((), tf.float32),
    ]
    compiled: Callable[..., tuple[Any, Any]] = tf.function(step, input_signature=signature)
    return compiled


def _distance(output: Any, wanted: Any, teacher: Teacher, classification: bool) -> Any:
    """How far answers (N, outputs) are from the teacher's, (N,)."""
    import tensorflow as tf
    import tf_keras

    if not classification:
        return tf.square(output[:, 0] - wanted[:, 0])
    soft = [
        tf.nn.softmax(tf.math.log(tf.clip_by_value(one, 1e-7, 1.0)) / teacher.temperature) for one in (wanted, output)
    ]
    return teacher.temperature**2 * tf_keras.losses.categorical_crossentropy(*soft)


def _judge(output: Floats, validation: Examples, plan: FitPlan) -> tuple[float, float]:
    """The weighted loss, and the accuracy or the mean absolute error, on the validation split."""
    if plan.task == "classification":
        truth = validation.targets.astype(np.int64)
        surprise = -np.log(np.clip(output, 1e-7, 1.0))
        own = surprise[np.arange(len(truth)), truth]
        losses = (1 - LABEL_SMOOTHING) * own + LABEL_SMOOTHING * surprise.mean(axis=1)
        return float(np.mean(losses * validation.weights)), float(np.mean(output.argmax(axis=1) == truth))
    error = output[:, 0] - validation.targets
    return float(np.mean(error**2 * validation.weights)), float(np.mean(np.abs(error))) * plan.metric_gain
