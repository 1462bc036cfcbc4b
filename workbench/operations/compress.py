"""Prune and quantize a trained model into a variant."""

from __future__ import annotations

from pathlib import Path

from workbench import fields
from workbench.compression.compress import Compressed, compress_model
from workbench.compression.recipe import Recipe
from workbench.jobs import Job, share
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import chosen_run, project_to_change
from workbench.project.store import Project
from workbench.training import evaluation
from workbench.training.keras_model import load_model
from workbench.training.prepare import prepare_again, saved_settings
from workbench.training.settings import TrainingSettings


def compress(folder: Path, recipe: Recipe | None = None, *, run_id: int | None = None, job: Job) -> Outcome[int]:
    """Make a variant of a run (the latest when none is named) by ``recipe``, or the project's own; its id.

    The file itself is judged on the validation split; the variant becomes the current one. Runs in a child
    process. Reports "epoch" while pruning. Raises NotPossible without a run, or when its data are gone.
    """
    job.progress("Reading recordings", 0.0)
    with project_to_change(folder) as project:
        wanted = project.settings(Recipe) if recipe is None else fields.check(recipe)
        run = chosen_run(project, run_id)
        prepared = prepare_again(project, run)
        job.progress("Starting TensorFlow", 0.05)
        model = load_model(project.path(run.model_file))
        settings = saved_settings(run, TrainingSettings)
        compressed = compress_model(model, prepared, wanted, settings, share(job, 0.1, 1.0))
        with project.step("Compress"):
            variant_id = keep_variant(project, run.id, wanted, compressed)
    return Outcome(variant_id, frozenset({Topic.VARIANTS}), prepared.dataset.messages)


def keep_variant(project: Project, run_id: int, recipe: Recipe, compressed: Compressed) -> int:
    """Store a compressed model as the current variant; its id. Call it within a step."""
    return project.add_variant(
        run_id,
        name=recipe.name,
        recipe=fields.to_json(recipe),
        model=compressed.tflite,
        quantization=compressed.quantization.value,
        sparsity=compressed.sparsity,
        evaluation=evaluation.to_json(compressed.evaluation),
        runs_on_boards=compressed.quantization.runs_on_boards,
    )
