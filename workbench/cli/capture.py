"""``workbench capture``: record from a serial port."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.capture.wire.formats import FORMATS
from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.errors import BadSetting
from workbench.operations.projects import open_project
from workbench.quantities import quantity


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="the project's folder")
    parser.add_argument("--port", required=True, help="see: workbench ports; or: microphone")
    parser.add_argument("--baud", type=int, default=115200, help="bits a second (default: %(default)s)")
    parser.add_argument("--format", choices=tuple(FORMATS), help="what the board sends (default: found out)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long, from the first reading on")
    parser.add_argument("--pictures", type=int, metavar="N", help="take so many pictures of a camera, not readings")
    parser.add_argument(
        "--every", type=float, default=0.5, metavar="S", help="one picture each so many seconds (default: %(default)s)"
    )
    parser.add_argument("--label", default="", help="what is recorded")
    parser.add_argument("--metadata", nargs="*", default=[], metavar="KEY=VALUE", help="such as subject=1 session=a")


def _metadata(pairs: list[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise BadSetting(f"{wrong[0]!r} is no KEY=VALUE.", where="--metadata", to_do="Write it like subject=1.")
    return {key.strip(): value.strip() for key, _, value in (pair.partition("=") for pair in pairs)}


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    metadata = _metadata(arguments.metadata)
    if arguments.pictures is not None:
        return _take_pictures(arguments, metadata, screen)
    opened = open_project(arguments.project)
    with opened.value as project:
        outcome = screen.job(
            "workbench.operations.capture:capture",
            project.folder,
            arguments.port,
            arguments.baud,
            arguments.seconds,
            label=arguments.label,
            metadata=metadata,
            format=arguments.format,
            title=f"Opening {arguments.port}",
        )
        recording = project.recording(outcome.value)
        folder = project.folder
    messages = opened.messages + outcome.messages
    data = {
        "project": str(folder),
        "recording": recording.id,
        "name": recording.name,
        "rows": recording.rows,
        "rate_hz": recording.rate_hz,
        "channels": [channel.name for channel in recording.channels],
        "messages": list(messages),
    }
    rate = quantity(recording.rate_hz, "Hz")
    names = ", ".join(channel.name for channel in recording.channels)
    return Answer(data, [*messages, f"{recording.name}: {recording.rows:,} rows of {names} at {rate}"])


def _take_pictures(arguments: argparse.Namespace, metadata: dict[str, str], screen: Screen) -> Answer:
    opened = open_project(arguments.project)
    with opened.value as project:
        folder = project.folder
    outcome = screen.job(
        "workbench.operations.capture:capture_pictures",
        folder,
        arguments.port,
        arguments.baud,
        arguments.pictures,
        arguments.every,
        label=arguments.label,
        metadata=metadata,
        format=arguments.format,
        title=f"Opening {arguments.port}",
    )
    messages = opened.messages + outcome.messages
    data = {"project": str(folder), "pictures": outcome.value, "label": arguments.label, "messages": list(messages)}
    of = f" of {arguments.label}" if arguments.label else ""
    count = "One picture" if outcome.value == 1 else f"{outcome.value:,} pictures"
    return Answer(data, [*messages, f"{count}{of} in {folder}"])


VERB = Verb("capture", "record from a serial port or the microphone", _arguments, _run)
