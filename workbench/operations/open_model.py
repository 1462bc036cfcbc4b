"""A model file from elsewhere as a project of its own."""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import settings
from workbench.boards import find_board
from workbench.compression.recipe import Recipe
from workbench.compression.sparsity import measured_sparsity
from workbench.convert.convert import Quantization
from workbench.convert.keras_file import MAX_FILE_BYTES, load_keras_file
from workbench.convert.keras_model import convert_model
from workbench.errors import BadModel, BadProject
from workbench.fields import to_json
from workbench.graph.number_format import number_format
from workbench.graph.read import read_graph
from workbench.jobs import Job
from workbench.operations.memory import read_model_file
from workbench.operations.model_file import MODEL_SUFFIXES
from workbench.operations.outcome import Outcome
from workbench.operations.projects import numbered_folders
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project, is_project

_NOT_ON_BOARDS = ("float16", "dynamic_range")


@dataclass(frozen=True)
class _Model:
    """A file that has been read: its bytes, and the first variant."""

    content: bytes
    tflite: bytes
    recipe: dict[str, Any]


def open_model(path: Path, board_id: str | None = None, *, job: Job) -> Outcome[Path]:
    """The folder of the project that holds this model; made beside the user's projects when there is none yet.

    The project appears whole or not at all, and the same bytes under the same name are found again. A .keras file gets
    its float32 form as first variant. Runs in a child process. Raises BadModel, NotSupported, BadProject.
    """
    job.progress(f"Reading {path.name}", 0.0)
    model = _read(path, job)
    digest = hashlib.sha256(model.content).hexdigest()
    name = re.sub(r"[^\w\- ]+", "_", path.stem).strip(" _") or "model"
    for folder in numbered_folders(settings.projects_folder() / name):
        if not folder.exists():
            break
        if _holds(folder, digest):
            return Outcome(folder)
    job.progress("Making the project", 0.9)
    _make(folder, path, digest, model, board_id)
    return Outcome(folder)


def tflite_of(path: Path, kind: str = Quantization.FLOAT32.value, *, job: Job) -> bytes:
    """The .tflite bytes of a model file: its own, or those that a .keras becomes. For child processes.

    int8 is calibrated on random values, which no size or time depends on.
    """
    if path.suffix.lower() != ".keras":
        return read_model_file(path)[0]
    from workbench.operations.calibration import random_examples

    job.progress("Starting TensorFlow", 0.1)
    loaded = load_keras_file(path)
    wanted = Quantization(kind)
    examples = random_examples(loaded).values if wanted.is_calibrated else ()
    job.progress(f"Converting to {kind}", 0.5)
    return convert_model(loaded, examples, wanted)


def _read(path: Path, job: Job) -> _Model:
    suffix = path.suffix.lower()
    if suffix not in MODEL_SUFFIXES:
        raise BadModel(
            f"Models of the kind {suffix or 'without a name ending'} are not read.",
            where=str(path),
            to_do="Save it as .keras, or convert it to .tflite.",
        )
    if not path.is_file():
        raise BadModel("This is no file." if path.exists() else "There is no such file.", where=str(path))
    tflite = tflite_of(path, job=job)
    if suffix == ".tflite":
        return _Model(tflite, tflite, {})
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadModel("The file grew while it was read.", where=str(path))
    return _Model(path.read_bytes(), tflite, to_json(Recipe(quantization=Quantization.FLOAT32.value)))


def _holds(folder: Path, digest: str) -> bool:
    if not is_project(folder):
        return False
    try:
        with Project.open(folder) as project:
            given = project.given_model
            return given is not None and given.sha256 == digest
    except BadProject:
        return False


def _make(folder: Path, path: Path, digest: str, model: _Model, board_id: str | None) -> None:
    kind = number_format(read_graph(model.tflite))
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".model-") as temporary:
            made = Path(temporary) / "project"
            with Project.create(made, path.stem) as project, project.step("Open model"):
                if board_id is not None:
                    project.save_settings(ProjectSettings(board=find_board(board_id).id))
                project.keep_given_model(path.name, str(path.absolute()), digest, model.content)
                project.add_variant(
                    None,
                    name=kind.replace("_", " "),
                    recipe=model.recipe,
                    model=model.tflite,
                    quantization=kind,
                    sparsity=measured_sparsity(model.tflite),
                    evaluation={},
                    runs_on_boards=kind not in _NOT_ON_BOARDS,
                )
            made.rename(folder)
    except OSError as error:
        raise BadProject(f"The project cannot be made ({error.strerror}).", where=str(folder)) from error
