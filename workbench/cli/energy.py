"""``workbench energy``: what a prediction costs, sending it, and sending the raw data instead."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import RenderableType

from workbench.cli.models import add_keras_format, model_bytes
from workbench.cli.screen import Screen, table
from workbench.cli.verb import Answer, Verb
from workbench.codegen.generated import Option
from workbench.fields import add_arguments, from_arguments
from workbench.memory.fit import ENGINES
from workbench.operations.energy import EnergyWanted, in_words, life_in_words, model_energy, project_energy
from workbench.operations.projects import open_project
from workbench.project.store import is_project
from workbench.quantities import band, exact_bytes, figure, lifetime, percent, quantity
from workbench.target.duty import Duty
from workbench.target.energy import EnergyReport

_USUAL_BOARD = "nano33ble_sense"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, metavar="MODEL|PROJECT", help="a .tflite or .keras file, or a project's folder"
    )
    parser.add_argument(
        "--board", default="", help=f"see: workbench boards (default: the project's own, of a model {_USUAL_BOARD})"
    )
    parser.add_argument(
        "--engine", choices=ENGINES, default="", help="as for: workbench memory (default: the project's own)"
    )
    parser.add_argument(
        "--option",
        choices=[option.value for option in Option],
        default="",
        help="what plain C is made for (default: the project's own, of a model speed)",
    )
    parser.add_argument("--variant", type=int, help="a project's variant by its number (default: the current one)")
    add_arguments(parser, Duty)
    add_keras_format(parser)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    source: Path = arguments.source

    def wanted(board: str, saved: Duty) -> EnergyWanted:
        duty = from_arguments(Duty, arguments, saved)
        return EnergyWanted(arguments.board or board, arguments.engine, arguments.option, arguments.variant, duty)

    if is_project(source):
        with open_project(source).value as project:
            report = project_energy(project, wanted("", project.settings(Duty)))
    else:
        model = model_bytes(source, arguments.keras_format, screen) or source
        report = model_energy(model, wanted(_USUAL_BOARD, Duty()))
    return Answer(report.to_json(), lines(report))


def lines(report: EnergyReport) -> list[RenderableType]:
    """Energies with their bands, then the battery's life."""
    shown = table("", "energy", "band", right=("energy",))
    for name, value in (
        ("one prediction", report.inference),
        (f"sending the result ({exact_bytes(report.duty.sent_bytes)})", report.send_result),
        (f"sending the raw data ({exact_bytes(report.raw_bytes)})", report.send_raw),
        ("asleep until the next", report.asleep),
    ):
        shown.add_row(name, figure(value), band(value) or value.note)
        for part in value.parts:
            shown.add_row(f"  {part.name}", quantity(part.value, "J"), percent(part.value / (value.value or 1)))
    lives = table("battery life", "", "band", right=("",))
    for name, life in (("predicting, sending the result", report.life), ("sending the raw data", report.life_raw)):
        known = life.low is not None and life.high is not None
        bounds = f"{lifetime(life.low or 0)} to {lifetime(life.high or 0)}" if known else life.note
        lives.add_row(name, life_in_words(life), bounds)
    latency = report.latency
    time = "not known" if latency.source is None else f"{figure(latency)} ({latency.source})"
    return [
        in_words(report),
        *report.remarks,
        "",
        f"One prediction takes {time}; {report.radio}.",
        shown,
        "",
        lives,
        "",
        "Energies are estimated from times and currents; --json says from which.",
    ]


VERB = Verb("energy", "show what predictions and sending them take of a battery", _arguments, _run)
