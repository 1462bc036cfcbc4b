"""``workbench compress``: prune and quantize the trained model, or a given .keras, into a variant."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.cli.words import evaluation_lines
from workbench.compression.recipe import Recipe
from workbench.fields import add_arguments, from_arguments
from workbench.operations.model_file import is_model
from workbench.operations.projects import open_project
from workbench.operations.sliders import packed_bytes
from workbench.quantities import kilobytes, percent


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project",
        type=Path,
        metavar="PROJECT|MODEL",
        help="a trained project's folder, or a .keras file, which gets a project of its own beside yours",
    )
    parser.add_argument("--run", type=int, dest="run_id", metavar="N", help="which training (default: the latest)")
    parser.add_argument(
        "--examples",
        type=Path,
        metavar="NPY",
        help="examples of the input of a .keras file, one a row, for int8 (default: recordings that fit, else random)",
    )
    add_arguments(parser, Recipe)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    opened = open_project(_project_folder(arguments.project, screen))
    with opened.value as project:
        recipe = from_arguments(Recipe, arguments, project.settings(Recipe))
        if arguments.run_id is None and project.given_model is not None and project.latest_run() is None:
            function, options = "compress_model:compress_model", {"calibration": _absolute(arguments.examples)}
        else:
            function, options = "compress:compress", {"run_id": arguments.run_id}
        outcome = screen.job(f"workbench.operations.{function}", project.folder, recipe, title="Compressing", **options)
        variant = project.variant(outcome.value)
        folder = project.folder
        packed = packed_bytes(project.path(variant.model_file).read_bytes())
    messages = opened.messages + outcome.messages
    data = {
        "project": str(folder),
        "variant": variant.id,
        "name": variant.name,
        "run": variant.run_id,
        "model": str(folder / variant.model_file),
        "model_bytes": variant.file_bytes,
        "packed_bytes": packed,
        "sparsity": variant.sparsity,
        "runs_on_boards": variant.runs_on_boards,
        "validation": variant.evaluation,
        "messages": list(messages),
    }
    lines = [*messages, f"Variant {variant.id}: {variant.name}, {kilobytes(variant.file_bytes)}"]
    if recipe.sparsity:
        zeros = percent(variant.sparsity)
        lines.append(f"{zeros} of its weights are zero; each costs its byte and its multiplication as ever.")
    lines.append(f"Packed for an update over the air (DEFLATE), the file takes {kilobytes(packed)}.")
    if not variant.runs_on_boards:
        lines.append("Runs on: phone, CPU. No microcontroller runtime takes this kind.")
    return Answer(data, [*lines, *(evaluation_lines(variant.evaluation) if variant.evaluation else ())])


def _project_folder(given: Path, screen: Screen) -> Path:
    """The folder itself, or that of a model file's own project."""
    if not is_model(given):
        return given
    opened = screen.job("workbench.operations.open_model:open_model", given.absolute(), title=f"Reading {given.name}")
    folder: Path = opened.value
    return folder


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.absolute()


VERB = Verb("compress", "prune and quantize into a variant", _arguments, _run)
