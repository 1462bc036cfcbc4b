"""New projects, opening, copies of samples, and what was open lately."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench import settings
from workbench.errors import BadProject
from workbench.operations.model_file import is_model
from workbench.operations.outcome import Outcome, Topic
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project, is_project, is_sample
from workbench.resources import sample_projects

_EVERYTHING = frozenset(Topic)
_RECENT = "recent_projects"
_MOST_RECENT = 10
# What one process keeps beside a database while it has it open.
_NOT_COPIED = ("project.lock", "project.db-wal", "project.db-shm")


@dataclass(frozen=True)
class SampleProject:
    """One of the projects that come with the program."""

    folder: Path
    name: str
    description: str


def new_project(folder: Path, name: str) -> Outcome[Project]:
    """Make an empty project and open it; raises BadProject when the folder is not empty."""
    project = Project.create(folder, name)
    _remember(project.folder)
    return Outcome(project, _EVERYTHING)


def open_project(path: Path) -> Outcome[Project]:
    """Open a project's folder (or its project.db).

    A sample is read-only: your own copy of it is opened, and made when there is none yet. Raises BadProject.
    """
    if is_model(path) and path.is_file():
        raise BadProject(
            "This is a model, not a project's folder.",
            where=str(path),
            to_do="The verbs window, memory, check, compress and export take models.",
        )
    folder = path.parent if path.name == "project.db" else path
    messages: tuple[str, ...] = ()
    if is_sample(folder):
        copy = settings.projects_folder() / folder.name
        folder = copy if is_project(copy) else copy_sample(folder)
        messages = (f"This is your own copy of the sample, in {folder}.",)
    project = Project.open(folder)
    _remember(project.folder)
    return Outcome(project, _EVERYTHING, messages + project.recovered)


def copy_sample(sample: Path, destination: Path | None = None) -> Path:
    """A fresh, writable copy of a project, whole or not at all; where it is.

    Without ``destination`` it goes to the user's folder of projects, under a name that is free.
    """
    if not is_project(sample):
        raise BadProject("This folder is no project.", where=str(sample))
    destination = destination or free_folder(settings.projects_folder() / sample.name)
    if destination.exists():
        raise BadProject("There is something already.", where=str(destination), to_do="Choose a new folder.")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".copy-") as temporary:
            copy = Path(temporary) / "copy"
            # Contents only: an installed sample's files may be write-protected, the copy must not be.
            for file in sorted(sample.rglob("*")):
                if file.is_file() and file.name not in _NOT_COPIED:
                    target = copy / file.relative_to(sample)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
            copy.rename(destination)
    except OSError as error:
        raise BadProject(f"The project cannot be copied ({error.strerror}).", where=str(destination)) from error
    return destination


def free_folder(folder: Path) -> Path:
    """``folder`` itself, or with the first number behind its name that nothing has yet."""
    return next(one for one in numbered_folders(folder) if not one.exists())


def numbered_folders(folder: Path) -> Iterator[Path]:
    """``folder`` itself, and then without end with 2, 3, … behind its name."""
    yield folder
    for number in itertools.count(2):
        yield folder.with_name(f"{folder.name}-{number}")


def samples() -> list[SampleProject]:
    """The projects that come with the program."""
    found = []
    for folder in sorted(sample_projects().iterdir()):
        if is_project(folder):
            with Project.open(folder) as project:
                found.append(SampleProject(folder, project.name, project.settings(ProjectSettings).description))
    return found


def recent_projects() -> list[Path]:
    """The folders that were open lately and still hold a project, the last one first."""
    remembered = settings.preference(_RECENT, [])
    paths = [Path(one) for one in remembered if isinstance(one, str)] if isinstance(remembered, list) else []
    return [path for path in paths if is_project(path)]


def _remember(folder: Path) -> None:
    others = [str(path) for path in recent_projects() if path != folder]
    settings.remember(_RECENT, [str(folder), *others][:_MOST_RECENT])
