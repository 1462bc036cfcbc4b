"""``workbench fit``: the whole line, from recordings to a firmware folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from workbench.boards import find_board
from workbench.cli.screen import Screen, limit_row, table
from workbench.cli.verb import Answer, Verb
from workbench.cli.words import confusion_table, parts_line, split_line
from workbench.compression.recipe import Recipe
from workbench.fields import add_arguments, from_arguments
from workbench.quantities import percent, quantity


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="the project's folder; a sample is copied and stays as it is")
    parser.add_argument("--board", required=True, help="see: workbench boards")
    parser.add_argument("--out", type=Path, required=True, help="where the firmware folder goes")
    add_arguments(parser, Recipe)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    find_board(arguments.board)  # a typing error is told at once
    recipe = from_arguments(Recipe, arguments, Recipe())
    outcome = screen.job(
        "workbench.operations.fit:fit",
        arguments.project.absolute(),
        arguments.board,
        arguments.out.absolute(),
        recipe,
        title="Training",
    )
    return Answer(outcome.value, lines(outcome.value))


def lines(result: dict[str, Any]) -> list[RenderableType]:
    """The fit table for people."""
    split = result["split"]
    bars = table("", "", "")
    bars.add_row(*limit_row("flash", result["flash"]["total"], result["flash"]["limit"]))
    bars.add_row(*limit_row("RAM", result["ram"]["total"], result["ram"]["limit"]))
    for name, key, unit in (("latency", "latency_s", "s"), ("energy", "energy_j", "J")):
        bars.add_row(name, "", _estimate(result[key], unit))
    parts = parts_line(result["latency_s"]["parts"], "s")
    shown: list[RenderableType] = [
        *result["messages"],
        "",
        split_line({"by": split["by"], **split["windows"]}),
        _quality(result),
        "",
        bars,
        *([f"One prediction: {parts}."] if parts else []),
        "",
        f"{result['board']}: {'FITS' if result['fits'] else 'DOES NOT FIT'}, {result['variant']}",
        f"Firmware folder: {result['folder']}",
    ]
    if result["task"] == "classification":
        shown[4:4] = ["", confusion_table(result["classes"], result["confusion"])]
    return shown


def _estimate(figure: dict[str, Any], unit: str) -> str:
    if figure["value"] is None:
        return "–"
    band = f"{quantity(figure['low'], unit)} to {quantity(figure['high'], unit)}"
    return f"{quantity(figure['value'], unit)} ({figure['source']}, {band})"


def _quality(result: dict[str, Any]) -> str:
    if result["task"] == "regression":
        errors = ", ".join(f"{name} {quantity(value, result['unit'])}" for name, value in result["mae"].items())
        return f"Test split, mean absolute error: {errors}"
    accuracy = dict(result["accuracy"])
    low, high = accuracy.pop("interval")
    shares = ", ".join(f"{name} {percent(value)}" for name, value in accuracy.items())
    return f"Test split, accuracy: {shares} (95 %: {percent(low)} to {percent(high)})"


VERB = Verb("fit", "train, quantize, evaluate and export in one go", _arguments, _run)
