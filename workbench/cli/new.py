"""``workbench new``: an empty project."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.operations.projects import new_project


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where the project goes; it must not exist yet or be empty")
    parser.add_argument("--name", help="the project's name (default: the folder's)")


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    folder: Path = arguments.folder.absolute()
    with new_project(folder, arguments.name or folder.name).value as project:
        name = project.name
    return Answer({"project": str(folder), "name": name}, [f"Project {name} is in {folder}"])


VERB = Verb("new", "make an empty project", _arguments, _run)
