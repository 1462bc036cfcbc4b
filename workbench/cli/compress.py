"""``workbench compress``: prune and quantize the trained model into a variant."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.cli.words import evaluation_lines
from workbench.compression.recipe import Recipe
from workbench.fields import add_arguments, from_arguments
from workbench.operations.projects import open_project
from workbench.quantities import kilobytes, percent


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="the project's folder; it must have been trained")
    parser.add_argument("--run", type=int, dest="run_id", metavar="N", help="which training (default: the latest)")
    add_arguments(parser, Recipe)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    opened = open_project(arguments.project)
    with opened.value as project:
        recipe = from_arguments(Recipe, arguments, project.settings(Recipe))
        function = "workbench.operations.compress:compress"
        outcome = screen.job(function, project.folder, recipe, run_id=arguments.run_id, title="Compressing")
        variant = project.variant(outcome.value)
        folder = project.folder
    messages = opened.messages + outcome.messages
    data = {
        "project": str(folder),
        "variant": variant.id,
        "name": variant.name,
        "run": variant.run_id,
        "model": str(folder / variant.model_file),
        "model_bytes": variant.file_bytes,
        "sparsity": variant.sparsity,
        "runs_on_boards": variant.runs_on_boards,
        "validation": variant.evaluation,
        "messages": list(messages),
    }
    lines = [*messages, f"Variant {variant.id}: {variant.name}, {kilobytes(variant.file_bytes)}"]
    lines.append(f"{percent(variant.sparsity)} of its weights are zero; in a .tflite a zero costs a byte all the same.")
    if not variant.runs_on_boards:
        lines.append("Runs on: phone, CPU. No microcontroller runtime takes this kind.")
    return Answer(data, [*lines, *evaluation_lines(variant.evaluation)])


VERB = Verb("compress", "prune and quantize into a variant", _arguments, _run)
