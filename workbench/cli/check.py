"""``workbench check``: exit status 1 when a model breaks a limit."""

from __future__ import annotations

import argparse
import functools
import re
from pathlib import Path

from workbench.cli.models import add_keras_format, model_bytes
from workbench.cli.own_firmware import add_firmware, own_firmware
from workbench.cli.screen import Screen
from workbench.cli.verb import Answer, Verb
from workbench.cli.words import parts_line
from workbench.memory.fit import ENGINES
from workbench.operations.check import Check, Limits, check_limits
from workbench.operations.side_by_side import TITLES
from workbench.quantities import exact_bytes, quantity

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([KM])i?B?|B)?", re.IGNORECASE)
_FACTORS = {"": 1, "K": 1024, "M": 1024**2}


def _size(text: str) -> int:
    """Bytes from "65536", "64K", "64 KB" or "1.5M"; K is 1,024, as in all sizes shown."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 65536, 64K or 1M")
    return int(float(found[1]) * _FACTORS[(found[2] or "").upper()])


def _share(text: str) -> float:
    """A share from "0.9" or "90%"."""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; write 0.9 or 90%")
    return share


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, metavar="MODEL|PROJECT", help="a .tflite or .keras file, or a project's folder"
    )
    parser.add_argument("--board", help="see: workbench boards (default: the project's own)")
    parser.add_argument("--engine", choices=ENGINES, help="as for: workbench memory")
    add_keras_format(parser)
    add_firmware(parser)
    parser.add_argument("--max-flash", type=_size, metavar="SIZE", help="all flash together, such as 512K")
    parser.add_argument("--max-ram", type=_size, metavar="SIZE", help="all RAM together, such as 64K")
    parser.add_argument("--min-accuracy", type=_share, metavar="SHARE", help="of a project's variant, such as 0.9")


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    limits = Limits(arguments.max_flash, arguments.max_ram, arguments.min_accuracy)
    source = model_bytes(arguments.source, arguments.keras_format, screen) or arguments.source
    result = check_limits(source, arguments.board, limits, arguments.engine, firmware=own_firmware(arguments))
    name = result.model or arguments.source.name
    lines = [f"{name} on {result.board}, {TITLES[result.engine]}", *map(_line, result.checks)]
    return Answer(result.to_json() | {"model": name}, lines, exit_status=0 if result.passed else 1)


def _line(check: Check) -> str:
    in_words = exact_bytes if check.unit == "B" else functools.partial(quantity, unit=check.unit)
    measured, limit = in_words(check.measured), in_words(check.limit)
    parts = f": {parts_line(check.parts, check.unit)}" if check.parts else ""
    side = "least" if check.unit == "1" else "most"
    return f"{'ok    ' if check.kept else 'BROKEN'} {check.what}: {measured} ({check.source}), at {side} {limit}{parts}"


VERB = Verb("check", "exit with 1 when a model breaks a limit of flash, RAM, time or accuracy", _arguments, _run)
