"""``workbench capture``: record from a board, the microphone or a log that is replayed."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from workbench import fields
from workbench.capture.link import Link, LinkSettings
from workbench.capture.take_settings import TakeSettings
from workbench.capture.wire.binary import BinaryFrame
from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.errors import BadSetting
from workbench.jobs import Cancelled
from workbench.operations.projects import open_project
from workbench.operations.unattended import Captured
from workbench.project.model import Recording
from workbench.quantities import NOTHING, quantity

_FRAME = "frame"  # the word before the flags of a binary layout: --frame-sync
_COUNTERS = {  # of CaptureStatus
    "frames": "rows",
    "bad_lines": "bad lines",
    "text_lines": "text lines",
    "checksum_errors": "checksum errors",
    "sequence_gaps": "sequence gaps",
    "missing": "missing",
    "gaps": "gaps",
    "driver_drops": "driver drops",
    "damaged_bytes": "damaged bytes",
}
_SAID_OTHERWISE = ("length_s", "pictures", "every_s")  # as --seconds, --pictures, --every


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, nargs="?", help="the project's folder")
    parser.add_argument("--into", type=Path, metavar="PROJECT", help="the project's folder, should you prefer a flag")
    parser.add_argument("--port", required=True, help="see: workbench ports; or: microphone, or: replay:FILE")
    parser.add_argument("--raw-log", type=Path, metavar="FILE", help="keep the bytes as they come, to be replayed")
    parser.add_argument(
        "--seconds",
        type=float,
        default=None,
        help="how long, from the first reading on (default: 10; of a replayed log: to its end)",
    )
    parser.add_argument("--pictures", type=int, metavar="N", help="take so many pictures of a camera, not readings")
    parser.add_argument("--every", type=float, metavar="S", help="one picture each so many seconds (default: 0.5)")
    parser.add_argument("--label", default="", help="what is recorded")
    parser.add_argument("--subject", default="", help="who or what is recorded: splits keep subjects apart")
    parser.add_argument("--metadata", nargs="*", default=[], metavar="KEY=VALUE", help="such as hand=left")
    fields.add_arguments(parser.add_argument_group("the connection"), LinkSettings)
    fields.add_arguments(parser.add_argument_group("takes"), TakeSettings, leave_out=_SAID_OTHERWISE)
    layout = parser.add_argument_group("binary frames", "Their layout, with --format binary; else it is found out.")
    fields.add_arguments(layout, BinaryFrame, _FRAME)


def _metadata(arguments: argparse.Namespace) -> dict[str, str]:
    pairs: list[str] = arguments.metadata
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise BadSetting(f"{wrong[0]!r} is no KEY=VALUE.", where="--metadata", to_do="Write it like hand=left.")
    noted = {key.strip(): value.strip() for key, _, value in (pair.partition("=") for pair in pairs)}
    return noted | ({"subject": arguments.subject.strip()} if arguments.subject.strip() else {})


def _link(arguments: argparse.Namespace) -> Link:
    settings = fields.from_arguments(LinkSettings, arguments, LinkSettings())
    frame = fields.from_arguments(BinaryFrame, arguments, BinaryFrame(), _FRAME)
    if frame == BinaryFrame() and settings.format != "binary":
        return Link(arguments.port, settings, raw_log=arguments.raw_log)
    return Link(arguments.port, dataclasses.replace(settings, format="binary"), frame, arguments.raw_log)


def _takes(arguments: argparse.Namespace) -> TakeSettings:
    settings = fields.from_arguments(TakeSettings, arguments, TakeSettings())
    seconds = arguments.seconds
    if seconds is None:
        seconds = 0.0 if arguments.port.startswith("replay:") and settings.takes == 1 else 10.0
    given: dict[str, Any] = {"length_s": seconds, "pictures": arguments.pictures, "every_s": arguments.every}
    said = {name: value for name, value in given.items() if value is not None}
    return fields.from_json(TakeSettings, fields.to_json(settings) | said)


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    if (arguments.project is None) == (arguments.into is None):
        raise BadSetting("One project is recorded into.", where="PROJECT", to_do="Name its folder, once.")
    metadata, link, takes = _metadata(arguments), _link(arguments), _takes(arguments)
    opened = open_project(arguments.project or arguments.into)
    with opened.value as project:
        folder = project.folder
        known = {recording.id for recording in project.recordings()}
        try:
            outcome = screen.job(
                f"workbench.operations.unattended:{'capture' if arguments.pictures is None else 'capture_pictures'}",
                folder,
                link,
                takes,
                label=arguments.label,
                metadata=metadata,
                title=f"Opening {arguments.port}",
            )
        except (KeyboardInterrupt, Cancelled):
            project.close()
            return _stopped(folder, known)
        captured: Captured = outcome.value
        recordings = [project.recording(one) for one in captured.recordings]
    messages = opened.messages + outcome.messages
    counters = {name: getattr(captured.status, name) for name in _COUNTERS}
    data = {"project": str(folder), "counters": counters, "messages": list(messages)}
    counted = ", ".join(
        f"{words} {NOTHING if counters[name] is None else f'{counters[name]:,}'}" for name, words in _COUNTERS.items()
    )
    if arguments.pictures is not None:
        of = f" of {arguments.label}" if arguments.label else ""
        count = "One picture" if captured.pictures == 1 else f"{captured.pictures:,} pictures"
        answer = {"pictures": captured.pictures, "label": arguments.label}
        return Answer(data | answer, [*messages, f"Counted: {counted}", f"{count}{of} in {folder}"])
    lines = [*messages, f"Counted: {counted}", *map(_line, recordings)]
    return Answer(data | {"recordings": [*map(_data, recordings)]}, lines)


def _stopped(folder: Path, known: set[int]) -> Answer:
    """Ctrl+C ends a capture as Stop does in the window: what has come is kept."""
    with open_project(folder).value as project:  # which adopts what the capture had no time to enter
        kept = [recording for recording in project.recordings() if recording.id not in known]
    series = [recording for recording in kept if recording.rate_hz is not None]
    pictures = len(kept) - len(series)
    lines = ["Stopped. What has come is kept." if kept else "Stopped. Nothing had been recorded.", *map(_line, series)]
    lines += [f"Pictures: {pictures:,}"] if pictures else []
    data = {"project": str(folder), "stopped": True, "pictures": pictures, "recordings": [*map(_data, series)]}
    return Answer(data, lines, exit_status=130)


def _data(recording: Recording) -> dict[str, Any]:
    return {
        "recording": recording.id,
        "name": recording.name,
        "rows": recording.rows,
        "rate_hz": recording.rate_hz,
        "channels": [channel.name for channel in recording.channels],
    }


def _line(recording: Recording) -> str:
    rate = quantity(recording.rate_hz, "Hz")
    names = ", ".join(channel.name for channel in recording.channels)
    return f"{recording.name}: {recording.rows:,} rows of {names} at {rate}"


VERB = Verb("capture", "record from a serial port, the microphone or a replayed log", _arguments, _run)
