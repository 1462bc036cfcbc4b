"""Turn a trial of a search into a run with its variants, as if it had been trained and compressed by hand."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from workbench import fields
from workbench.compression.compress import compress_model
from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization
from workbench.errors import BadProject, BadSetting, NotPossible
from workbench.jobs import Job, share
from workbench.operations.compress import keep_variant
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.search.knobs import Candidate
from workbench.operations.search.record import Found, SearchFolder, Trial
from workbench.operations.work import project_to_change
from workbench.project.store import Project
from workbench.training.keras_model import load_model
from workbench.training.prepare import prepare_again, settings_snapshot


def take_trial(folder: Path, search: str, number: int, *, job: Job) -> Outcome[int]:
    """Store a trial's float model as a run, with its float32 variant and its own, which becomes current; that one's id.

    A trial that was taken before is not stored again. Runs in a child process. Raises BadSetting when there is no such
    trial, NotPossible when its models were not kept, BadProject when they cannot be read.
    """
    with project_to_change(folder) as project:
        place = SearchFolder(project.folder, search)
        found = place.load()
        trial = next((one for one in found.trials if one.number == number), None) if found is not None else None
        if found is None or trial is None:
            raise BadSetting(f"This search has no trial {number}.", where=search)
        if _is_there(project, trial):
            with project.step("Choose a variant"):
                project.set_current_variant(trial.taken or 0)
            return Outcome(trial.taken or 0, frozenset({Topic.VARIANTS}))
        if not trial.kept:
            raise NotPossible(
                f"The models of trial {number} were not kept: others beat it in everything.",
                to_do="Take one of the front.",
            )
        variant_id = _store(project, place, trial, job)
        place.save(found.with_trial(dataclasses.replace(trial, taken=variant_id)))
    return Outcome(variant_id, frozenset({Topic.RUNS, Topic.VARIANTS}))


def _is_there(project: Project, trial: Trial) -> bool:
    return trial.taken is not None and any(one.id == trial.taken for one in project.variants())


def _store(project: Project, place: SearchFolder, trial: Trial, job: Job) -> int:
    run, variant, keras, tflite = _read(place, trial)
    candidate = Candidate.from_json(trial.candidate)
    snapshot = settings_snapshot(project, candidate.features, candidate.training)
    job.progress("Starting TensorFlow", 0.1)
    with project.step("Take a trial"):
        run_id = project.add_run(**run, settings=snapshot, model=keras)
        stored = project.run(run_id)
        recipe = Recipe(quantization=Quantization.FLOAT32.value)
        model = load_model(project.path(stored.model_file))
        prepared = prepare_again(project, stored)
        base = compress_model(model, prepared, recipe, candidate.training, share(job, 0.2, 0.9))
        float_id = keep_variant(project, run_id, recipe, base)
        if variant["recipe"] == fields.to_json(recipe):
            return float_id
        return project.add_variant(run_id, model=tflite, **variant)


def _read(place: SearchFolder, trial: Trial) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    try:
        about = json.loads((place.path / f"{trial.number}.json").read_bytes())
        run, variant = dict(about["run"]), dict(about["variant"])
        run |= {"classes": tuple(run["classes"]), "input_shape": tuple(run["input_shape"])}
        models = [(place.path / f"{trial.number}.{suffix}").read_bytes() for suffix in ("keras", "tflite")]
        return run, variant, models[0], models[1]
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadProject(
            f"The models of trial {trial.number} cannot be read.", where=str(place.path), to_do="Take another trial."
        ) from error


def pick(found: Found, wanted: str) -> int:
    """The number of a trial: of the ``best``, or the one that is named; raises BadSetting."""
    if wanted == "best":
        if found.best is None:
            raise NotPossible("The search has found nothing that fits.")
        return found.best.number
    if not wanted.isdecimal():
        raise BadSetting(f"{wanted!r} is no number of a trial.", to_do='Give a number, or "best".')
    return int(wanted)
