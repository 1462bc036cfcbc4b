"""Let a smaller model learn again: pruning, sharing of weights, quantization awareness, a teacher. For child processes.

tensorflow-model-optimization does one after the other, each keeping what the one before has done.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workbench.compression.cluster import cluster
from workbench.compression.one_shot import cut
from workbench.compression.prune import copied, prune
from workbench.compression.qat import train_for_int8
from workbench.compression.recipe import Recipe
from workbench.jobs import Job, share
from workbench.training.fit import Examples, FitPlan, Teacher, fit
from workbench.training.keras_model import scale_output
from workbench.training.material import examples, fit_plan, target_scale
from workbench.training.prepare import Prepared
from workbench.training.settings import TrainingSettings

RATE = 0.5  # of the learning rate that the model was trained with
# A narrower network learns best at the rate that its weights come from (A. Renda, J. Frankle and M. Carbin, Comparing
# rewinding and fine-tuning in neural network pruning, 2020).
NARROW_RATE = 1.0

Stage = Callable[[Any, FitPlan, Job], Any]


def fine_tune(model: Any, prepared: Prepared, recipe: Recipe, settings: TrainingSettings, job: Job) -> Any:
    """A smaller, trained copy of ``model`` (tf_keras), as the recipe says; ``model`` stays as it is.

    ``settings`` are those it was trained with. The epochs are shared among what is to be done. Raises NotSupported.
    """
    scale = target_scale(prepared)
    regression = prepared.dataset.task == "regression"
    teacher_model = model
    if regression:  # learn on the scale that the model was trained on, then back to the label's unit
        teacher_model = copied(model)
        scale_output(teacher_model, 1 / scale.std, -scale.mean / scale.std)
    small = cut(teacher_model, recipe)
    teacher = Teacher(teacher_model, recipe.temperature) if recipe.distillation else None
    train, validation = (examples(prepared, part, settings, scale) for part in ("train", "validation"))
    stages = _stages(recipe, small.sparsity, _Lessons(train, validation, teacher))
    plan = dataclasses.replace(
        fit_plan(prepared, settings, scale),
        epochs=math.ceil(recipe.fine_tune_epochs / len(stages)),
        patience=recipe.fine_tune_epochs,
        learning_rate=settings.learning_rate * (NARROW_RATE if recipe.channels else RATE),
    )
    made = small.model
    for number, stage in enumerate(stages):
        made = stage(made, plan, share(job, number / len(stages), (number + 1) / len(stages)))
    if regression:
        scale_output(made, scale.std, scale.mean)
    return made


@dataclass(frozen=True)
class _Lessons:
    """What every stage learns from."""

    train: Examples
    validation: Examples
    teacher: Teacher | None


def _stages(recipe: Recipe, sparsity: dict[str, float], lessons: _Lessons) -> list[Stage]:
    """What is to be done, one after the other."""
    train, validation, teacher = lessons.train, lessons.validation, lessons.teacher

    def prune_it(model: Any, plan: FitPlan, job: Job) -> Any:
        return prune(model, train, validation, sparsity=sparsity, plan=plan, job=job, teacher=teacher)

    def cluster_it(model: Any, plan: FitPlan, job: Job) -> Any:
        layers = [layer.name for layer in model.layers if hasattr(layer, "kernel") and layer.name not in recipe.exempt]
        return cluster(
            model, train, validation, clusters=recipe.clusters, layers=layers, plan=plan, job=job, teacher=teacher
        )

    def quantize_it(model: Any, plan: FitPlan, job: Job) -> Any:
        sparse, clustered = bool(recipe.sparsity), bool(recipe.clusters)
        return train_for_int8(
            model, train, validation, sparse=sparse, clustered=clustered, plan=plan, job=job, teacher=teacher
        )

    def train_it(model: Any, plan: FitPlan, job: Job) -> Any:
        made = copied(model)
        fit(made, train, validation, plan, job, title="Fine-tuning", teacher=teacher)
        return made

    steps: list[tuple[bool, Stage]] = [
        (bool(recipe.sparsity), prune_it),
        (bool(recipe.clusters), cluster_it),
        (recipe.qat, quantize_it),
    ]
    return [stage for wanted, stage in steps if wanted] or [train_it]
