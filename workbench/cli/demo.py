"""``workbench demo``: the main job on a sample project, for a machine without a display."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from workbench.cli import fit
from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.errors import BadFile
from workbench.operations.projects import copy_sample, free_folder
from workbench.resources import sample_projects


def _arguments(parser: argparse.ArgumentParser) -> None:
    names = sorted(folder.name for folder in sample_projects().iterdir() if (folder / "project.db").is_file())
    parser.add_argument("--sample", choices=names, default="shoulder_exercises", help="which (default: %(default)s)")
    parser.add_argument("--board", default="nano33ble_sense", help="see: workbench boards (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="where everything goes (default: demo, or the first free demo-N)")


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    out: Path = (arguments.out or free_folder(Path("demo"))).absolute()
    if out.exists() and any(out.iterdir()):
        raise BadFile("This folder is not empty.", where=str(out), to_do="Choose another with --out.")
    project = copy_sample(sample_projects() / arguments.sample, out / arguments.sample)
    function = "workbench.operations.fit:fit"
    outcome = screen.job(function, project, arguments.board, out / "firmware", title="Training")
    screen.say("Drawing the window's pages")
    pictures = draw_pages(project, out / "pages")
    data = outcome.value | {"pages": [str(picture) for picture in pictures]}
    shown = [*fit.lines(outcome.value), "", "The window's pages:", *(f"  {picture}" for picture in pictures)]
    return Answer(data, shown)


def draw_pages(project: Path, out: Path) -> list[Path]:
    """Render each page of the window to a PNG, without a display; pages start child processes of their own."""
    # Before Qt is imported: this machine may have no display.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from workbench.ui.app import render_pages

    return render_pages(project, out)


VERB = Verb("demo", "do the main job on a sample project and draw the window's pages", _arguments, _run)
