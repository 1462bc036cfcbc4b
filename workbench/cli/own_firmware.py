"""``--firmware``: what the user's own program takes, for the verbs that ask whether a model fits beside it."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.memory.budget import Firmware
from workbench.memory.own_firmware.read import read_firmware


def add_firmware(parser: argparse.ArgumentParser) -> None:
    """Add the flag."""
    parser.add_argument(
        "--firmware",
        type=Path,
        metavar="FILE",
        help="your own firmware, whose flash and RAM count too: its ELF, its GNU ld map file, or what size prints",
    )


def own_firmware(arguments: argparse.Namespace) -> Firmware | None:
    """What the file says; None without one. Raises BadFile."""
    return read_firmware(arguments.firmware) if arguments.firmware else None
