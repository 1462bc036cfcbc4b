"""``workbench simulate``: a board for those who have none, on a real port."""

from __future__ import annotations

import argparse
import json
from typing import Any

from workbench import fields
from workbench.capture.simulated_board import SIGNALS, SimulatedBoard, Simulation
from workbench.capture.simulated_formats import FORMATS, SEPARATORS
from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.errors import BadSetting

# What each fault sets, mild enough that most of the signal comes through.
FAULTS: dict[str, dict[str, float]] = {
    "noise": {"noise_per_minute": 60.0},
    "cuts": {"cuts_per_minute": 60.0},
    "stalls": {"stall_every_s": 10.0},
    "reboot": {"reboot_every_s": 15.0},
    "unplug": {"unplug_after_s": 10.0},
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    made_up = ", ".join(name for name in SIGNALS if name != "project")
    parser.add_argument(
        "signal",
        metavar="PROJECT|SIGNAL",
        help=f"a project's recordings or pictures in turn, or one of: {made_up}",
    )
    parser.add_argument("--colour", action="store_true", help="simulated pictures are in colour")
    parser.add_argument("--format", choices=tuple(FORMATS), default="lines", help="the wire format (default: lines)")
    parser.add_argument("--separator", choices=tuple(SEPARATORS), default="comma", help="between the values of a line")
    parser.add_argument(
        "--rate", type=float, default=0.0, metavar="HZ", help="readings a second (default: as recorded)"
    )
    parser.add_argument("--label", default="", help="send only a project's recordings with this label")
    parser.add_argument("--fault", choices=tuple(FAULTS), nargs="*", default=[], help="what goes wrong now and then")


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    made_up = arguments.signal in SIGNALS
    if made_up and arguments.label:
        raise BadSetting("Only the recordings of a project have labels.", where="--label", to_do="Leave it out.")
    settings: dict[str, Any] = {
        "signal": arguments.signal if made_up else "project",
        "project": "" if made_up else arguments.signal,
        "colour": arguments.colour,
        "label": arguments.label,
        "rate_hz": arguments.rate,
        "format": arguments.format,
        "separator": arguments.separator,
    }
    for fault in arguments.fault:
        settings |= FAULTS[fault]
    with SimulatedBoard(fields.from_json(Simulation, settings)) as board:
        try:
            board.wait_until_ready()
            screen.show([json.dumps({"port": board.port}) if arguments.json else board.port])
            screen.say("Open this port like any other; Ctrl+C ends the board.")
            board.wait()
        except KeyboardInterrupt:
            return Answer({"port": board.port, "ended": "interrupted"}, [])
    return Answer({"port": board.port, "ended": "unplugged"}, ["The cable was pulled, as asked for."])


VERB = Verb("simulate", "a simulated board: prints the port to open, runs until interrupted", _arguments, _run)
