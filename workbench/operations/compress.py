"""Prune and quantize a trained model into a variant."""

from __future__ import annotations

from pathlib import Path

from workbench import fields
from workbench.compression.compress import Compressed, check_recipe, compress_model
from workbench.compression.instant.engine import AT_ONCE
from workbench.compression.recipe import Recipe
from workbench.jobs import Job, share
from workbench.operations.fit_figures import FitInputs
from workbench.operations.instant_base import stored_base
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.sliders import Sliders, Tried, figures_of, packed_bytes, read_slider_data
from workbench.operations.work import chosen_run, project_to_change
from workbench.project.model import Run
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
    with project_to_change(folder) as project:
        wanted = project.settings(Recipe) if recipe is None else fields.check(recipe)
        run = chosen_run(project, run_id)
        compressed, messages = _compressed(project, run, wanted, job)
        with project.step("Compress"):
            variant_id = keep_variant(project, run.id, wanted, compressed)
    return Outcome(variant_id, frozenset({Topic.VARIANTS}), messages)


def fine_tuned(folder: Path, recipe: Recipe, inputs: FitInputs, *, run_id: int, job: Job) -> Tried:
    """What ``compress`` would keep as a variant, with its figures, without keeping it. Runs in a child process."""
    with Project.open(folder) as project:
        compressed, _ = _slowly(project, project.run(run_id), fields.check(recipe), job)
    return Tried(recipe, compressed, figures_of(compressed, inputs), packed_bytes(compressed.tflite))


def keep_compressed(project: Project, run_id: int, recipe: Recipe, compressed: Compressed) -> Outcome[int]:
    """Keep what was tried as a variant, the current one; its id."""
    with project.step("Compress"):
        variant_id = keep_variant(project, run_id, recipe, compressed)
    return Outcome(variant_id, frozenset({Topic.VARIANTS}))


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


def _compressed(project: Project, run: Run, recipe: Recipe, job: Job) -> tuple[Compressed, tuple[str, ...]]:
    check_recipe(recipe)
    if recipe.trains or recipe.kind not in AT_ONCE or stored_base(project, run) is None:
        return _slowly(project, run, recipe, job)
    data = read_slider_data(project.folder, run.id, job=job)
    sliders = Sliders(data)
    try:
        return sliders.try_recipe(recipe).compressed, data.messages
    finally:
        sliders.close()


def _slowly(project: Project, run: Run, recipe: Recipe, job: Job) -> tuple[Compressed, tuple[str, ...]]:
    """With TensorFlow: fine-tuned if the recipe says so, and converted."""
    job.progress("Reading recordings", 0.0)
    prepared = prepare_again(project, run)
    job.progress("Starting TensorFlow", 0.05)
    model = load_model(project.path(run.model_file))
    settings = saved_settings(run, TrainingSettings)
    return compress_model(model, prepared, recipe, settings, share(job, 0.1, 1.0)), prepared.dataset.messages
