"""``workbench train``: windows, features, a model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.cli.words import evaluation_lines, split_line
from workbench.dataset.settings import SplitSettings, TargetSettings, WindowSettings
from workbench.features.settings import FeatureSettings
from workbench.fields import add_arguments, from_arguments
from workbench.operations.projects import open_project
from workbench.operations.settings import change_settings
from workbench.project.store import Project
from workbench.training.settings import TrainingSettings

# The word before each flag: --window-length-s, --split-by, --epochs.
_SETTINGS: dict[str, type[Any]] = {
    "window": WindowSettings,
    "target": TargetSettings,
    "split": SplitSettings,
    "features": FeatureSettings,
    "": TrainingSettings,
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="the project's folder; of a sample your own copy is trained")
    for prefix, cls in _SETTINGS.items():
        add_arguments(parser.add_argument_group(prefix or "training"), cls, prefix)


def keep_settings(project: Project, arguments: argparse.Namespace) -> None:
    """Save the settings whose flags were given, as the window does when a form changes."""
    for prefix, cls in _SETTINGS.items():
        saved = project.settings(cls)
        wanted = from_arguments(cls, arguments, saved, prefix)
        if wanted != saved:
            change_settings(project, wanted)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    opened = open_project(arguments.project)
    with opened.value as project:
        keep_settings(project, arguments)
        outcome = screen.job("workbench.operations.train:train", project.folder, title="Training")
        run = project.run(outcome.value)
        folder = project.folder
    messages = opened.messages + outcome.messages
    data = {
        "project": str(folder),
        "run": run.id,
        "parameters": run.parameters,
        "split": run.split,
        "validation": run.evaluation,
        "messages": list(messages),
    }
    lines = [*messages, split_line(run.split), *evaluation_lines(run.evaluation)]
    return Answer(data, [*lines, f"Run {run.id}: {run.title}, {run.parameters:,} parameters"])


VERB = Verb(
    "train",
    "train a model on a project's windows; the settings given are kept in the project, as the window's forms are",
    _arguments,
    _run,
)
