"""``workbench variants``: what each variant is worth and takes on a board; name, pin, delete, choose, compare."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from workbench.boards import find_board
from workbench.cli.screen import Screen, table
from workbench.cli.verb import Answer, Verb
from workbench.errors import BadSetting
from workbench.figures import Figure
from workbench.operations.choose_variant import choose_variant
from workbench.operations.compare_variants import FIGURES, VariantComparison, compare_variants
from workbench.operations.projects import open_project
from workbench.operations.variants import (
    ELSEWHERE,
    VariantRow,
    delete_variants,
    pin_variant,
    rename_variant,
    variant_rows,
)
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.quantities import NOTHING, figure, kilobytes, percent, quantity

_NUMERIC = ("id", "run", "quality", "flash", "RAM", "latency", "energy")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="the project's folder")
    parser.add_argument("--board", help="on which board (default: the project's); see: workbench boards")
    change = parser.add_argument_group("change, then list").add_mutually_exclusive_group()
    change.add_argument("--pin", type=int, metavar="N", help="mark variant N and show its name in the picture")
    change.add_argument("--unpin", type=int, metavar="N", help="take the mark away")
    change.add_argument("--name", nargs=2, metavar=("N", "NAME"), help="give variant N another name")
    change.add_argument("--delete", type=int, nargs="+", metavar="N", help="delete variants")
    change.add_argument("--choose", type=int, metavar="N", help="make variant N the current one")
    change.add_argument("--compare", type=int, nargs=2, metavar="N", help="two variants side by side")


def _run(arguments: argparse.Namespace, _screen: Screen) -> Answer:
    opened = open_project(arguments.project)
    with opened.value as project:
        board = find_board(arguments.board or project.settings(ProjectSettings).board)
        _change(project, arguments)
        if arguments.compare is not None:
            first, second = arguments.compare
            found = compare_variants(project, first, second, board)
            data = {"project": str(project.folder), "board": board.id, **found.to_json()}
            return Answer(data, [*opened.messages, *_comparison(found)])
        rows = variant_rows(project, board)
        data = {
            "project": str(project.folder),
            "board": board.id,
            "variants": [row.to_json() for row in rows],
            "messages": list(opened.messages),
        }
    nothing = "There is no variant yet; train and compress first."
    return Answer(data, [*opened.messages, *([_listed(rows), "", _marks(board.name)] if rows else [nothing])])


def _change(project: Project, arguments: argparse.Namespace) -> None:
    if arguments.pin is not None:
        pin_variant(project, arguments.pin, pinned=True)
    if arguments.unpin is not None:
        pin_variant(project, arguments.unpin, pinned=False)
    if arguments.name is not None:
        key, name = arguments.name
        if not key.isdecimal():
            raise BadSetting(f"{key!r} is no number of a variant.", where="--name", to_do="Write --name 3 NAME.")
        rename_variant(project, int(key), name)
    if arguments.delete is not None:
        delete_variants(project, arguments.delete)
    if arguments.choose is not None:
        choose_variant(project, arguments.choose)


def _listed(rows: Sequence[VariantRow]) -> RenderableType:
    number, run, *figures = _NUMERIC
    shown = table("", number, run, "name", *figures, "fits", right=_NUMERIC)
    for row in rows:
        one, known = row.variant, row.figures
        marks = ("●" if one.current else "") + ("★" if one.pinned else "")
        fits = {True: "yes", False: "no", None: NOTHING}[known.fits]
        if not one.runs_on_boards:
            fits = f"{ELSEWHERE}; {kilobytes(one.file_bytes)}"
        run = NOTHING if one.run_id is None else str(one.run_id)
        costs = [figure(getattr(known, name)) for name in FIGURES]
        shown.add_row(marks, str(one.id), run, one.name, figure(known.accuracy), *costs, fits)
    return shown


def _marks(board: str) -> str:
    return (
        f"● current, ★ pinned. Flash, RAM, latency and energy on {board}, computing features included; quality on the "
        "validation split."
    )


def _comparison(found: VariantComparison) -> list[RenderableType]:
    heads = [f"{row.variant.id}: {row.variant.name}" for row in (found.first, found.second)]
    shown = table("", *heads, "change", right=(*heads, "change"))
    sizes = [Figure(row.variant.file_bytes, "B") for row in (found.first, found.second)]
    pairs: list[tuple[str, Figure, Figure]] = [
        ("quality", found.first.figures.accuracy, found.second.figures.accuracy),
        ("file", sizes[0], sizes[1]),
        *((_title(name), getattr(found.first.figures, name), getattr(found.second.figures, name)) for name in FIGURES),
    ]
    for name, one, other in pairs:
        shown.add_row(name, figure(one), figure(other), _difference(one, other))
    if found.recall_change:
        shown.add_row("", "", "", "")
    for index, change in enumerate(found.recall_change):
        before, after = (evaluation.per_class[index] for evaluation in found.evaluations)
        points = f"{change * 100:+.1f} points" if change else ""
        shown.add_row(f"recall of {before.name}", percent(before.recall), percent(after.recall), points)
    return [*([found.caution, ""] if found.caution else []), shown]


def _title(name: str) -> str:
    return name.upper() if name == "ram" else name


def _difference(one: Figure, other: Figure) -> str:
    if one.value is None or other.value is None:
        return NOTHING
    change: Any = other.value - one.value
    if not change:
        return ""
    if one.unit == "1":
        return f"{change * 100:+.1f} points"
    return ("+" if change > 0 else "−") + quantity(abs(change), one.unit)


VERB = Verb("variants", "list, compare, name, pin, choose and delete variants", _arguments, _run)
