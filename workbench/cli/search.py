"""``workbench search``: the best model that fits a board, within a time budget."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from workbench.boards import find_board
from workbench.cli.screen import Screen, table
from workbench.cli.verb import Answer, Verb
from workbench.errors import NotEnoughData
from workbench.fields import add_arguments, from_arguments
from workbench.jobs import Cancelled
from workbench.operations.projects import open_project
from workbench.operations.search.record import Found, Trial, latest_search
from workbench.operations.search.search import quality_words
from workbench.operations.search.settings import SearchSettings
from workbench.operations.search.take import pick
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.quantities import duration, quantity

_PAUSED = 130  # as after any other Ctrl+C


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="the project's folder; of a sample your own copy is used")
    parser.add_argument("--board", help="which board it has to fit (default: the project's); see: workbench boards")
    parser.add_argument("--new", action="store_true", help="forget what an earlier search of the same kind has found")
    parser.add_argument("--show", action="store_true", help="only show what was found so far")
    parser.add_argument("--take", metavar="N|best", help="make a run with its variants of trial N, after the search")
    add_arguments(parser, SearchSettings)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    opened = open_project(arguments.project)
    messages, paused = opened.messages, False
    with opened.value as project:
        board = find_board(arguments.board or project.settings(ProjectSettings).board)
        if arguments.show:
            found = latest_search(project.folder, board.id)
        else:
            settings = from_arguments(SearchSettings, arguments, project.settings(SearchSettings))
            change_settings(project, settings)
            found, paused = _search(project, board.id, settings, arguments, screen)
        if found is None:
            raise NotEnoughData(f"Nothing was searched for {board.name} yet.", where=str(project.folder))
        variant = None
        if arguments.take is not None and not paused:
            take = "workbench.operations.search.take:take_trial"
            taken = screen.job(take, project.folder, found.name, pick(found, arguments.take), title="Taking the trial")
            variant, messages = taken.value, messages + taken.messages
        folder = project.folder
    data = {"project": str(folder), **found.to_json(), "paused": paused, "variant": variant, "messages": list(messages)}
    return Answer(data, [*messages, *lines(found, paused, variant)], exit_status=_PAUSED if paused else 0)


def _search(
    project: Project, board_id: str, settings: SearchSettings, arguments: argparse.Namespace, screen: Screen
) -> tuple[Found | None, bool]:
    """What was found, and whether Ctrl+C ended it."""
    try:
        outcome = screen.job(
            "workbench.operations.search.search:search",
            project.folder,
            board_id,
            settings,
            fresh=arguments.new,
            starts_processes=True,
            title="Searching",
        )
    except (KeyboardInterrupt, Cancelled):
        return latest_search(project.folder, board_id), True
    found: Found = outcome.value
    return found, False


def lines(found: Found, paused: bool, variant: int | None) -> list[RenderableType]:
    """The trials that no other one beats, the hand-made one among them, for people."""
    states = [trial.state for trial in found.trials]
    counts = ", ".join(f"{states.count(name)} {name}" for name in dict.fromkeys(states))
    heads = ("trial", "quality", "flash", "RAM", "latency", "energy")
    shown = table(*heads, "better in", "model", right=heads)
    base = found.baseline
    rows = sorted(
        {trial.number: trial for trial in [*found.front, *([base] if base else [])]}.values(), key=found.losses
    )
    for trial in rows:
        mark = "hand-made" if base is not None and trial.number == base.number else ", ".join(found.better_in(trial))
        shown.add_row(str(trial.number), quality_words(found, trial), *_costs(trial), mark, trial.name)
    best = found.best
    told: list[RenderableType] = [
        f"{len(states)} models tried in {duration(found.spent_s)} ({counts}); for {found.board}. The front:",
        "",
        shown,
        "",
        "Nothing that fits was found." if best is None else f"Best: trial {best.number}, {best.name}",
        "Quality is over all validation splits; the test split was not looked at.",
    ]
    if paused:
        told.append("Paused. The same command goes on.")
    if variant is not None:
        told.append(f"Variant {variant} was made of it and is the current one.")
    return told


def _costs(trial: Trial) -> tuple[str, ...]:
    units: dict[str, Any] = {"flash": "B", "ram": "B", "latency": "s", "energy": "J"}
    known = dataclasses.asdict(trial)
    return tuple(quantity(known[name], unit) for name, unit in units.items())


VERB = Verb("search", "find the best model that fits a board", _arguments, _run)
