"""Prune and quantize a given .keras model into a variant, after its training."""

from __future__ import annotations

from pathlib import Path

from workbench import fields
from workbench.compression.one_shot import zero_smallest
from workbench.compression.recipe import Recipe
from workbench.compression.sparsity import measured_sparsity
from workbench.convert.keras_file import load_keras_file
from workbench.convert.keras_model import convert_model
from workbench.errors import BadModel, NotPossible, NotSupported
from workbench.jobs import Job
from workbench.operations.calibration import examples_for
from workbench.operations.judge_given import judge_given
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import project_to_change
from workbench.project.model import GivenModel
from workbench.project.store import Project
from workbench.training.evaluation import to_json


def given_keras(project: Project) -> GivenModel:
    """The project's given model when it can be compressed; NotPossible says why not."""
    given = project.given_model
    if given is None:
        raise NotPossible("This project was not made for a model file.", where=project.name)
    if not given.is_keras:
        raise NotPossible(
            f"{given.name} is final: pruning and quantizing need the Keras model that it was made from.",
            to_do="Open its .keras file instead.",
        )
    return given


def compress_model(
    folder: Path, recipe: Recipe | None = None, *, calibration: Path | None = None, job: Job
) -> Outcome[int]:
    """Make a variant of the project's given model by ``recipe``, or the project's own; its id.

    Nothing is trained: weights are pruned as they are, and int8 takes its ranges from the examples in the
    ``calibration`` .npy, from recordings that fit, or from random values. Runs in a child process. Raises NotPossible,
    BadModel, BadFile and NotSupported.
    """
    with project_to_change(folder) as project:
        given = given_keras(project)
        wanted = project.settings(Recipe) if recipe is None else fields.check(recipe)
        _check(wanted)
        kind = wanted.kind
        job.progress("Starting TensorFlow", 0.05)
        loaded = load_keras_file(project.path(given.file))
        noted = fields.to_json(wanted)
        examples = None
        if kind.is_calibrated:
            examples = examples_for(loaded, project, calibration)
            noted["calibration"] = examples.words
        if wanted.sparsity > 0:
            job.progress("Pruning", 0.4)
            zero_smallest(loaded, wanted.sparsity)
        job.progress(f"Converting to {kind.words}", 0.5)
        tflite = convert_model(loaded, examples.values if examples else (), kind)
        job.progress("Judging it by the recordings", 0.9)
        evaluation = _judged(project, tflite)
        with project.step("Compress"):
            variant = project.add_variant(
                None,
                name=f"{wanted.name}, calibrated on random values" if _is_random(noted) else wanted.name,
                recipe=noted,
                model=tflite,
                quantization=kind.value,
                sparsity=measured_sparsity(tflite),
                evaluation=evaluation,
                runs_on_boards=kind.runs_on_boards,
            )
    return Outcome(variant, frozenset({Topic.VARIANTS}), _warnings(wanted, noted, judged=bool(evaluation)))


def _judged(project: Project, tflite: bytes) -> dict[str, object]:
    """How good the model is by the project's recordings; empty where they do not fit it."""
    try:
        return to_json(judge_given(project, tflite))
    except (NotPossible, BadModel):
        return {}


def _check(recipe: Recipe) -> None:
    """Only what needs neither data nor knowledge of the model's layers."""
    asked = {
        "Removing channels": recipe.channels,
        "Sharing weights": recipe.clusters,
        "Calibrating between percentiles": recipe.calibration == "percentile",
        "Pruning over all layers together": recipe.sparsity and recipe.sparsity_over == "model",
        "Leaving layers alone": recipe.exempt,
    }
    for what, is_asked in asked.items():
        if is_asked:
            raise NotSupported(
                f"{what} is for models that were trained here.", to_do="Leave it out, or train a model of your own."
            )


def _is_random(noted: dict[str, object]) -> bool:
    return noted.get("calibration") == "random values"


def _warnings(recipe: Recipe, noted: dict[str, object], *, judged: bool) -> tuple[str, ...]:
    said = []
    if _is_random(noted):
        said.append(
            "Calibrated on random values: size, memory and time are right, accuracy is unknown. For a model to deploy, "
            "give examples of its input in an .npy file."
        )
    if recipe.sparsity > 0 and not judged:
        said.append("Pruned without retraining, because there are no data: accuracy is unknown.")
    return tuple(said)
