"""What the sliders need of a run's model: stored with the run, made when it is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.compression.compress import calibration_windows
from workbench.compression.instant.base import Base, make_base
from workbench.errors import BadModel, NotPossible
from workbench.files import write_atomically
from workbench.jobs import Job
from workbench.project.model import Run
from workbench.project.store import Project
from workbench.training.keras_model import load_model
from workbench.training.prepare import Prepared, saved_settings
from workbench.training.settings import TrainingSettings

_WINDOWS = 8  # ranges are taken anew for each recipe; these only shape the file


def base_file(project: Project, run: Run) -> Path:
    """Where the base of a run's model is stored."""
    return project.path(run.model_file).with_name("instant.npz")


def stored_base(project: Project, run: Run) -> Base | None:
    """The base of a run's model; None when it was not made yet, or cannot be read."""
    try:
        return Base.from_bytes(base_file(project, run).read_bytes())
    except (OSError, BadModel):
        return None


def ensure_base(project: Project, run: Run, prepared: Prepared, job: Job) -> Base:
    """The base of a run's model, made and stored when it is missing: a few seconds, in a child process.

    Raises NotSupported for a model whose recipes take a conversion each.
    """
    found = stored_base(project, run)
    if found is not None:
        return found
    job.progress("Starting TensorFlow", 0.1)
    return keep_base(project, run, load_model(project.path(run.model_file)), prepared, job)


def keep_base(project: Project, run: Run, model: Any, prepared: Prepared, job: Job) -> Base:
    """Make and store the base of a run whose tf_keras model is at hand."""
    job.progress("Preparing the sliders", 0.3)
    settings = saved_settings(run, TrainingSettings)
    base = make_base(model, calibration_windows(prepared, settings.seed)[:_WINDOWS])
    if not project.read_only:
        try:
            write_atomically(base_file(project, run), base.to_bytes())
        except OSError as error:
            raise NotPossible(
                f"The file cannot be written: {error.strerror}.", where=str(base_file(project, run))
            ) from error
    return base
