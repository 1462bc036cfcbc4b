"""``workbench energy``: what a prediction costs, sending it, and sending the raw data instead."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import RenderableType

from workbench.cli.models import add_keras_format, model_bytes
from workbench.cli.screen import Screen, table
from workbench.cli.verb import Answer, Verb
from workbench.operations.energy import model_energy
from workbench.quantities import band, figure, percent, quantity
from workbench.target.energy import Duty, EnergyReport, radio_costs

_DAY_S = 86400
_USUAL = Duty()


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="a .tflite or .keras file, from this program or elsewhere")
    parser.add_argument("--board", default="nano33ble_sense", help="see: workbench boards (default: %(default)s)")
    parser.add_argument("--radio", choices=radio_costs(), default=_USUAL.radio, help="(default: %(default)s)")
    parser.add_argument(
        "--every", type=float, default=_USUAL.every_s, metavar="SECONDS", help="between predictions (default: 1)"
    )
    parser.add_argument("--send", type=int, default=_USUAL.sent_bytes, metavar="BYTES", help="for each (default: 4)")
    parser.add_argument("--raw", type=int, metavar="BYTES", help="without the model (default: the model's input)")
    parser.add_argument(
        "--battery", type=float, default=_USUAL.battery_mah, metavar="MAH", help="capacity (default: 220, a CR2032)"
    )
    add_keras_format(parser)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    duty = Duty(arguments.radio, arguments.every, arguments.send, arguments.raw, arguments.battery)
    model = model_bytes(arguments.model, arguments.keras_format, screen) or arguments.model
    report = model_energy(model, arguments.board, duty)
    return Answer(report.to_json(), lines(report))


def lines(report: EnergyReport) -> list[RenderableType]:
    """Energies with their bands, then the battery's life."""
    shown = table("", "energy", "band", right=("energy",))
    for name, value in (
        ("one prediction", report.inference),
        (f"sending the result by {report.radio}", report.send_result),
        (f"sending the raw data by {report.radio}", report.send_raw),
    ):
        shown.add_row(name, figure(value), band(value) or value.note)
        for part in value.parts:
            shown.add_row(f"  {part.name}", quantity(part.value, "J"), percent(part.value / (value.value or 1)))
    lives = table("battery life", "days", "band", right=("days",))
    for name, life in (("predicting, sending the result", report.life), ("sending the raw data", report.life_raw)):
        if life.value is None or life.low is None or life.high is None:
            lives.add_row(name, figure(life), life.note)
        else:
            days = [f"{seconds / _DAY_S:,.1f}" for seconds in (life.value, life.low, life.high)]
            lives.add_row(name, days[0], f"{days[1]} to {days[2]}")
    return [shown, "", lives, "", "All estimated; --json says from what."]


VERB = Verb("energy", "show what predictions and sending them take of a battery", _arguments, _run)
