"""``workbench import``: files to recordings."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.fields import add_arguments, from_arguments
from workbench.operations.projects import open_project
from workbench.project.importers import ImportOptions


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="the project's folder")
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE", help="files, or folders that are searched")
    add_arguments(parser, ImportOptions)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    opened = open_project(arguments.project)
    with opened.value as project:
        folder = project.folder
    options = from_arguments(ImportOptions, arguments, ImportOptions())
    paths = [path.absolute() for path in arguments.paths]
    outcome = screen.job("workbench.operations.import_files:import_files", folder, paths, options, title="Importing")
    summary = outcome.value
    messages = opened.messages + outcome.messages
    data = {
        "project": str(folder),
        "recordings": list(summary.recording_ids),
        "files": summary.files,
        "messages": list(messages),
    }
    count = len(summary.recording_ids)
    return Answer(data, [*messages, f"{count:,} recordings from {summary.files:,} files are in {folder}"])


VERB = Verb("import", "read CSV, NPY, WAV files and pictures into a project", _arguments, _run)
