"""``workbench ports``: the serial ports, and the boards recognised on them."""

from __future__ import annotations

import argparse

from rich.console import RenderableType

from workbench.capture.microphone import why_no_microphone
from workbench.cli.screen import Screen, table
from workbench.cli.verb import Answer, Verb
from workbench.operations.capture import list_ports


def _arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    ports = list_ports()
    shown = table("port", "name", "board")
    for port in ports:
        shown.add_row(port.device, port.title, port.board_id or "")
    lines: list[RenderableType] = [shown] if ports else ["No serial port found. Plug the board in; try another cable."]
    why_not = why_no_microphone()
    lines.append(f"No microphone: {why_not}" if why_not else "The computer's microphone is a port too: microphone")
    data = [{"device": port.device, "title": port.title, "board": port.board_id} for port in ports]
    return Answer({"ports": data, "microphone": not why_not, "why_no_microphone": why_not}, lines)


VERB = Verb("ports", "list serial ports", _arguments, _run)
