"""``workbench simulate``: a board for those who have none, on a real port."""

from __future__ import annotations

import argparse
import json
from typing import Any

from workbench import fields
from workbench.capture.simulated_board import SIGNALS, SimulatedBoard, Simulation
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
_SAID_OTHERWISE = ("signal", "project", "rate_hz")  # as PROJECT|SIGNAL, --rate


def _arguments(parser: argparse.ArgumentParser) -> None:
    made_up = ", ".join(name for name in SIGNALS if name != "project")
    parser.add_argument(
        "what",
        metavar="PROJECT|SIGNAL",
        help=f"a project's recordings or pictures in turn, or one of: {made_up}",
    )
    parser.add_argument(
        "--rate", type=float, default=0.0, metavar="HZ", help="readings a second (default: as recorded)"
    )
    parser.add_argument("--fault", choices=tuple(FAULTS), nargs="*", default=[], help="what goes wrong now and then")
    fields.add_arguments(parser.add_argument_group("the board"), Simulation, leave_out=_SAID_OTHERWISE)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    made_up = arguments.what in SIGNALS
    if made_up and arguments.label:
        raise BadSetting("Only the recordings of a project have labels.", where="--label", to_do="Leave it out.")
    settings: dict[str, Any] = {
        "signal": arguments.what if made_up else "project",
        "project": "" if made_up else arguments.what,
        "rate_hz": arguments.rate,
    }
    for fault in arguments.fault:
        settings |= FAULTS[fault]
    simulation = fields.from_arguments(Simulation, arguments, fields.from_json(Simulation, settings))
    with SimulatedBoard(simulation) as board:
        try:
            board.wait_until_ready()
            screen.show([json.dumps({"port": board.port}) if arguments.json else board.port])
            screen.say("Open this port like any other; Ctrl+C ends the board.")
            board.wait()
        except KeyboardInterrupt:
            return Answer({"port": board.port, "ended": "interrupted"}, [])
    return Answer({"port": board.port, "ended": "unplugged"}, ["The cable was pulled, as asked for."])


VERB = Verb("simulate", "a simulated board: prints the port to open, runs until interrupted", _arguments, _run)
