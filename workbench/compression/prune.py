"""Magnitude pruning with fine-tuning. TensorFlow is imported inside: for child processes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workbench.jobs import Job
from workbench.training.fit import Examples, FitPlan, Teacher, fit

RAMP = 0.5  # share of the fine-tuning over which weights are taken away; the rest lets the others recover
MASK_UPDATES = 20


def prune(
    model: Any,
    train: Examples,
    validation: Examples,
    *,
    sparsity: Mapping[str, float],
    plan: FitPlan,
    job: Job,
    teacher: Teacher | None = None,
) -> Any:
    """A pruned copy of ``model`` (tf_keras); the model itself stays as it is.

    In each layer that ``sparsity`` names, that share of the smallest weights is set to zero, along a cubic ramp, while
    the rest is trained on (M. Zhu and S. Gupta, To prune, or not to prune, 2017). The best epoch at full sparsity is
    kept.
    """
    import tf_keras
    from tensorflow_model_optimization.sparsity import keras as sparsity_keras

    steps_per_epoch = math.ceil(len(train.targets) / plan.batch_size)
    ramp_epochs = max(1, math.ceil(plan.epochs * RAMP))
    ramp_steps = max(1, ramp_epochs * steps_per_epoch - 1)
    frequency = max(1, ramp_steps // MASK_UPDATES)

    def wrapper(layer: Any) -> Any:
        if not sparsity.get(layer.name):
            return layer
        schedule = sparsity_keras.PolynomialDecay(
            initial_sparsity=0.0,
            final_sparsity=sparsity[layer.name],
            begin_step=0,
            end_step=ramp_steps // frequency * frequency,  # masks change only at multiples
            frequency=frequency,
        )
        return sparsity_keras.prune_low_magnitude(layer, pruning_schedule=schedule)

    # The wrappers share the layers they are given: work on a clone of what the model is cloned to.
    wrapped = tf_keras.models.clone_model(copied(model), clone_function=wrapper)
    masks = sparsity_keras.UpdatePruningStep()
    masks.set_model(wrapped)
    masks.on_train_begin()

    def after_epoch(epoch: int) -> bool:
        masks.on_epoch_end(epoch)  # the last step moved weights that should be zero
        return epoch + 1 >= ramp_epochs

    fit(wrapped, train, validation, plan, job, title="Pruning", after_epoch=after_epoch, teacher=teacher)
    return sparsity_keras.strip_pruning(wrapped)


def copied(model: Any) -> Any:
    """A tf_keras model of the same layers and weights that shares neither."""
    import tf_keras

    clone = tf_keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    return clone
