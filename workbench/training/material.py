"""Prepared data as what the training loop takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.training.augment import augment
from workbench.training.fit import Examples, FitPlan, Floats, class_weights
from workbench.training.prepare import Prepared
from workbench.training.settings import TrainingSettings


@dataclass(frozen=True)
class TargetScale:
    """Numbers are learnt as ``(y - mean) / std`` of the training split; 0 and 1 for classes."""

    mean: float
    std: float


def target_scale(prepared: Prepared) -> TargetScale:
    """The scale of a regression's targets; targets that never vary keep theirs."""
    if prepared.dataset.task == "classification":
        return TargetScale(0.0, 1.0)
    targets = prepared.targets("train").astype(np.float64)
    std = float(targets.std())
    return TargetScale(float(targets.mean()), std if std > 0 else 1.0)


def examples(prepared: Prepared, part: str, settings: TrainingSettings, scale: TargetScale) -> Examples:
    """Inputs, targets and weights of one part of the split; weights come from the training split's classes."""
    targets = prepared.targets(part)
    inputs = prepared.inputs(part)
    if prepared.dataset.task == "regression":
        standardised = ((targets - scale.mean) / scale.std).astype(np.float32)
        return Examples(inputs, standardised, np.ones(len(targets), dtype=np.float32))
    classes = len(prepared.dataset.classes)
    weights = class_weights(prepared.targets("train"), classes, balanced=settings.class_weights)
    varied = _varied(prepared, settings.augmentation) if part == "train" and settings.augmentation > 0 else None
    return Examples(inputs, targets, weights[targets.astype(np.int64)], varied)


def _varied(prepared: Prepared, strength: float) -> Callable[[np.random.Generator], Floats]:
    windows = prepared.dataset.windows[prepared.indices("train")]

    def inputs(rng: np.random.Generator) -> Floats:
        return prepared.as_inputs(augment(windows, prepared.dataset.channels, strength, rng))

    return inputs


def fit_plan(prepared: Prepared, settings: TrainingSettings, scale: TargetScale) -> FitPlan:
    """How to fit a fresh model."""
    return FitPlan(
        task=prepared.dataset.task,
        epochs=settings.epochs,
        patience=settings.patience,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        seed=settings.seed,
        metric_gain=scale.std,
        keeps_last=settings.keeps_last,
    )
