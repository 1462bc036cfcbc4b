"""Opening a project from a child process that will change it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from workbench.errors import NotPossible
from workbench.project.model import Run
from workbench.project.store import Project


@contextlib.contextmanager
def project_to_change(folder: Path) -> Iterator[Project]:
    """The open project; NotPossible at once, not after minutes of work, when it is a read-only sample."""
    with Project.open(folder) as project:
        if project.read_only:
            raise NotPossible(
                "This sample project is read-only.", where=str(folder), to_do="Open it, which makes a copy."
            )
        yield project


def chosen_run(project: Project, run_id: int | None) -> Run:
    """The run with this id, or the latest; NotPossible when nothing was trained yet."""
    run = project.latest_run() if run_id is None else project.run(run_id)
    if run is None:
        raise NotPossible("There is no trained model yet.", to_do="Train one first.")
    return run
