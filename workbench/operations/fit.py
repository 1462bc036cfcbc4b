"""The whole line in one go: train, quantize, look at the test split once, export for a board."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.boards import Board, find_board
from workbench.compression.recipe import Recipe
from workbench.dataset.split import PARTS
from workbench.figures import Figure, parts_by_name
from workbench.jobs import Job, share
from workbench.operations.compress import compress
from workbench.operations.evaluate import report_on_test
from workbench.operations.export import export
from workbench.operations.fit_figures import fit_figures
from workbench.operations.memory import variant_memory
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.projects import copy_sample
from workbench.operations.train import train
from workbench.project.model import Variant
from workbench.project.store import Project, is_sample


@contextmanager
def workable(folder: Path) -> Iterator[Path]:
    """The project itself, or a copy of a sample that lasts as long as the block: samples are read-only."""
    if not is_sample(folder):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="workbench-") as place:
        yield copy_sample(folder, Path(place) / folder.resolve().name)


def fit(folder: Path, board_id: str, out: Path, recipe: Recipe | None = None, *, job: Job) -> Outcome[dict[str, Any]]:
    """Train the project, make an int8 variant, evaluate on the test split, write the firmware folder to ``out``.

    A sample project is copied first and stays as it is. The value is plain data for JSON; accuracies (or mean
    absolute errors, in the target's unit) are those of the test split, sizes are in bytes. Raises what its
    parts raise: BadBoard, BadProject, NotEnoughData, NotSupported.
    """
    board = find_board(board_id)  # before minutes of training
    with workable(folder) as project_folder:
        trained = train(project_folder, job=share(job, 0.0, 0.65))
        compressed = compress(project_folder, recipe or Recipe(), job=share(job, 0.65, 0.85))
        tested = report_on_test(project_folder, compressed.value, job=share(job, 0.85, 0.92))
        exported = export(project_folder, out, board_id, job=share(job, 0.92, 1.0))
        with Project.open(project_folder) as project:
            variant = project.variant(compressed.value)
            run = project.run(trained.value)
            result: dict[str, Any] = {"project": str(folder), "board": board.id, "variant": variant.name}
            result |= {"split": _split(run.split)}
            result |= _quality(tested.value, variant.quantization)
            validation = {"float": run.evaluation, "variant": variant.evaluation}
            result |= {"validation": _quality(validation, variant.quantization)}
            result |= {"model_bytes": variant.file_bytes, "sparsity": variant.sparsity}
            result |= _board_figures(project, variant, board)
    messages = tuple(dict.fromkeys(trained.messages + compressed.messages + tested.messages + exported.messages))
    result |= {"folder": str(exported.value.folder), "messages": list(messages)}
    return Outcome(result, frozenset({Topic.RUNS, Topic.VARIANTS}), messages)


def _split(stored: dict[str, Any]) -> dict[str, Any]:
    """The groups of each part by name, and how many windows that gives."""
    windows = {part: stored[part] for part in PARTS}
    return {"by": stored["by"], **{part: stored["groups"][part] for part in PARTS}, "windows": windows}


def _quality(evaluations: dict[str, dict[str, Any]], quantization: str) -> dict[str, Any]:
    """The float model's figure beside the variant's, and what the variant mixes up."""
    base, variant = evaluations["float"], evaluations["variant"]
    if variant["task"] == "regression":
        figures = {name: {"float": base[name], quantization: variant[name]} for name in ("mae", "rmse", "r2")}
        return {"task": "regression", "unit": variant["unit"], **figures}
    interval = [variant["accuracy_low"], variant["accuracy_high"]]  # over recordings, not windows
    return {
        "task": "classification",
        "accuracy": {"float": base["accuracy"], quantization: variant["accuracy"], "interval": interval},
        "classes": variant["classes"],
        "confusion": variant["confusion"],
    }


def _board_figures(project: Project, variant: Variant, board: Board) -> dict[str, Any]:
    report = variant_memory(project, variant, board)
    figures = fit_figures(project, variant, board)
    plain = report.to_json()
    return {
        "flash": plain["flash"],
        "ram": plain["ram"] | {"arena": report.arena.required},
        "latency_s": _figure(figures.latency),
        "energy_j": _figure(figures.energy),
        "fits": figures.fits,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    known = {"value": figure.value, "low": figure.low, "high": figure.high, "source": figure.source}
    return known | {"parts": parts_by_name(figure), "note": figure.note}
