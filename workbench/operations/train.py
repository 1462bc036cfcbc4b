"""Train a model on a project's windows."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import fields
from workbench.compression.compress import Compressed, compress_model
from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization
from workbench.errors import NotSupported
from workbench.features import parameters
from workbench.jobs import Job, share
from workbench.operations.compress import keep_variant
from workbench.operations.instant_base import keep_base
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import project_to_change
from workbench.project.store import Project
from workbench.training import evaluation
from workbench.training.keras_model import model_bytes
from workbench.training.prepare import Prepared, prepare, settings_snapshot
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape
from workbench.training.train import Trained, train_model

_FLOAT = Recipe(quantization=Quantization.FLOAT32.value)


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
        made = make_run(prepared, chosen, share(job, 0.05, 0.95))
        with project.step("Train"):
            run_id, _ = keep_run(project, made, snapshot)
        keep_for_sliders(project, run_id, made, share(job, 0.95, 1.0))
    messages = prepared.dataset.messages + prepared.split.messages
    return Outcome(run_id, frozenset({Topic.RUNS, Topic.VARIANTS}), messages)


@dataclass(frozen=True)
class Made:
    """A training, ready to be kept: the data it saw, its settings, the model, and that as a float32 file."""

    prepared: Prepared
    settings: TrainingSettings
    trained: Trained
    as_float: Compressed


def make_run(prepared: Prepared, settings: TrainingSettings, job: Job) -> Made:
    """Train and convert; nothing is kept yet."""
    trained = train_model(prepared, settings, share(job, 0.0, 0.9))
    return Made(
        prepared, settings, trained, compress_model(trained.model, prepared, _FLOAT, settings, share(job, 0.9, 1.0))
    )


def keep_run(project: Project, made: Made, snapshot: dict[str, dict[str, Any]]) -> tuple[int, int]:
    """Store a run with its float variant, and the settings that it depends on; their ids. Call it within a step."""
    run_id = project.add_run(**_run_fields(made), settings=snapshot, model=model_bytes(made.trained.model))
    return run_id, keep_variant(project, run_id, _FLOAT, made.as_float)


def keep_for_sliders(project: Project, run_id: int, made: Made, job: Job) -> None:
    """Store what sliders answer from; recipes for networks that they cannot do take a conversion each."""
    with contextlib.suppress(NotSupported):
        keep_base(project, project.run(run_id), made.trained.model, made.prepared, job)


def _run_fields(made: Made) -> dict[str, Any]:
    """What is stored of a training beside its settings and its model, as plain data."""
    prepared, trained, dataset = made.prepared, made.trained, made.prepared.dataset
    return {
        "title": f"{made.settings.architecture}, {prepared.features.block} features",
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
