"""``workbench window``: the desktop window."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project",
        type=Path,
        nargs="?",
        metavar="PROJECT|MODEL",
        help="open this project, or this .tflite or .keras file",
    )


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    # Imported here: every other verb works without Qt's system libraries.
    from workbench.ui.app import main

    given = [str(arguments.project)] if arguments.project else []
    return Answer({}, [], exit_status=main(given))


VERB = Verb("window", "open the window", _arguments, _run)
