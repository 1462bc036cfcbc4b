"""Turn a trial of a search into a run with its variants, as if it had been trained and compressed by hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from workbench.compression.compress import compress_model
from workbench.dataset.folds import with_more_to_learn_from
from workbench.errors import BadSetting, NotPossible
from workbench.features.settings import FeatureSettings
from workbench.jobs import Job, share
from workbench.operations.compress import keep_variant
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.search.knobs import Candidate
from workbench.operations.search.record import Found, SearchFolder, Trial
from workbench.operations.train import keep_for_sliders, keep_run, make_run
from workbench.operations.work import project_to_change
from workbench.project.store import Project
from workbench.training.prepare import prepare, settings_snapshot, with_features


def take_trial(folder: Path, search: str, number: int, *, job: Job) -> Outcome[int]:
    """Train a trial's settings for good; the id of its variant, which becomes current, of a run of its own.

    How good the settings are is known from all validation splits, so that most of the validation part is learnt from
    as well, where it has several groups; the test part stays unseen. A trial that was taken before is not trained
    again. Runs in a child process. Raises BadSetting when there is no such trial, NotPossible when it was not judged or
    windows were set otherwise since, and what training and compressing raise.
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
        if not trial.can_be_taken:
            raise NotPossible(f"Trial {number} was not judged: {trial.state}.", to_do="Take one of the front.")
        _check_settings(project, found)
        variant_id, message = _train(project, Candidate.from_json(trial.candidate), job)
        place.save(found.with_trial(dataclasses.replace(trial, taken=variant_id)))
    return Outcome(variant_id, frozenset({Topic.RUNS, Topic.VARIANTS}), (message,))


def _is_there(project: Project, trial: Trial) -> bool:
    return trial.taken is not None and any(one.id == trial.taken for one in project.variants())


def _check_settings(project: Project, found: Found) -> None:
    """Raise NotPossible when windows, target or split are not those that the search has judged models with."""
    today = settings_snapshot(project)
    if any(found.snapshot.get(name, today[name]) != today[name] for name in today if name != FeatureSettings.__name__):
        raise NotPossible(
            "Windows, target or split were set otherwise since this search: what it has judged would be another model.",
            to_do="Undo that, or search again.",
        )


def _train(project: Project, candidate: Candidate, job: Job) -> tuple[int, str]:
    """The id of the variant, and what it has learnt from."""
    job.progress("Reading recordings", 0.0)
    drawn = prepare(project)
    split = with_more_to_learn_from(drawn.dataset, drawn.split)
    prepared = with_features(drawn.dataset, split, candidate.features)
    made = make_run(prepared, candidate.training, share(job, 0.05, 0.6))
    small = compress_model(made.trained.model, prepared, candidate.recipe, candidate.training, share(job, 0.6, 0.95))
    with project.step("Take a trial"):
        run_id, float_id = keep_run(project, made, settings_snapshot(project, candidate.features, candidate.training))
        is_float = small.tflite == made.as_float.tflite
        variant_id = float_id if is_float else keep_variant(project, run_id, candidate.recipe, small)
    keep_for_sliders(project, run_id, made, share(job, 0.95, 1.0))
    counts = {part: len(names) for part, names in split.groups.items()}
    return variant_id, (
        f"It has learnt from {counts['train']} groups; {counts['validation']} are left for validation, "
        f"{counts['test']} for the test."
    )


def pick(found: Found, wanted: str) -> int:
    """The number of a trial: of the ``best``, or the one that is named; raises BadSetting."""
    if wanted == "best":
        if found.best is None:
            raise NotPossible("The search has found nothing that fits.")
        return found.best.number
    if not wanted.isdecimal():
        raise BadSetting(f"{wanted!r} is no number of a trial.", to_do='Give a number, or "best".')
    return int(wanted)
