"""``workbench report``: all variants on a board as one HTML file."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.operations.projects import open_project
from workbench.operations.report import write_report


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="the project's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="where the report goes")
    parser.add_argument("--board", help="on which board (default: the project's); see: workbench boards")


def _run(arguments: argparse.Namespace, _screen: Screen) -> Answer:
    opened = open_project(arguments.project)
    with opened.value as project:
        written = write_report(project, arguments.out.absolute(), arguments.board)
        data = {"project": str(project.folder), "report": str(written.value), "messages": list(opened.messages)}
    return Answer(data, [*opened.messages, f"Report: {written.value}"])


VERB = Verb("report", "write all variants into one HTML file, to read or to print", _arguments, _run)
