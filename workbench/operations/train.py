"""Train a model on a project's windows."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from workbench import fields
from workbench.compression.compress import compress_model
from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization
from workbench.errors import NotSupported
from workbench.features import parameters
from workbench.jobs import Job, share
from workbench.operations.compress import keep_variant
from workbench.operations.instant_base import keep_base
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import project_to_change
from workbench.training import evaluation
from workbench.training.keras_model import model_bytes
from workbench.training.prepare import Prepared, prepare, settings_snapshot
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape
from workbench.training.train import Trained, train_model


def train(folder: Path, settings: TrainingSettings | None = None, *, job: Job) -> Outcome[int]:
    """Train with ``settings``, or with the project's own; the new run's id.

    The float model becomes the run's first variant, so that compressed ones have something to be compared with.
    Runs in a child process. Reports "epoch" (see training/fit.py). Raises NotEnoughData, BadSetting, NotSupported.
    """
    job.progress("Reading recordings", 0.0)
    with project_to_change(folder) as project:
        chosen = project.settings(TrainingSettings) if settings is None else fields.check(settings)
        snapshot = settings_snapshot(project, chosen)
        prepared = prepare(project)
        trained = train_model(prepared, chosen, share(job, 0.05, 0.85))
        recipe = Recipe(quantization=Quantization.FLOAT32.value)
        compressed = compress_model(trained.model, prepared, recipe, chosen, share(job, 0.85, 0.95))
        with project.step("Train"):
            run_id = project.add_run(
                **run_fields(prepared, trained, chosen), settings=snapshot, model=model_bytes(trained.model)
            )
            keep_variant(project, run_id, recipe, compressed)
        with contextlib.suppress(NotSupported):  # then its recipes take a conversion each
            keep_base(project, project.run(run_id), trained.model, prepared, share(job, 0.95, 1.0))
    messages = prepared.dataset.messages + prepared.split.messages
    return Outcome(run_id, frozenset({Topic.RUNS, Topic.VARIANTS}), messages)


def run_fields(prepared: Prepared, trained: Trained, settings: TrainingSettings) -> dict[str, Any]:
    """What is stored of a training beside its settings and its model, as plain data."""
    dataset = prepared.dataset
    return {
        "title": f"{settings.architecture}, {prepared.features.block} features",
        "task": dataset.task,
        "classes": dataset.classes,
        "target_unit": dataset.target_unit,
        "input_shape": model_input_shape(prepared.features.output_shape),
        "parameters": int(trained.model.count_params()),
        "split": prepared.split.to_json(),
        "features": parameters.to_json(prepared.features),
        "history": trained.history,
        "evaluation": evaluation.to_json(trained.evaluation),
    }
