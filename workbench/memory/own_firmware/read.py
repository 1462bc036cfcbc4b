"""Which kind of file it is."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import BadFile
from workbench.memory.budget import Firmware
from workbench.memory.own_firmware.elf import MAGIC, read_elf
from workbench.memory.own_firmware.link_map import looks_like_map, read_map
from workbench.memory.own_firmware.size_output import looks_like_size, read_size

_SNIFFED = 1 << 16  # bytes that tell what a file is
_MOST_TEXT = 1 << 26  # bytes; map files of large projects have some megabytes


def is_firmware(path: Path) -> bool:
    """Whether a file looks like something that ``read_firmware`` takes, from how it begins."""
    try:
        with path.open("rb") as file:
            start = file.read(_SNIFFED)
    except OSError:
        return False
    lines = start.decode("utf-8", errors="replace").splitlines()
    return start.startswith(MAGIC) or looks_like_size(lines) or looks_like_map(lines)


def read_firmware(path: Path) -> Firmware:
    """Flash and RAM that a linked program takes, from its ELF, its GNU ld map file or what ``size`` printed of it.

    Raises BadFile when the file is none of them, or malformed.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                return read_elf(file, str(path))
            file.seek(0)
            text = file.read(_MOST_TEXT + 1)
    except OSError as error:
        raise BadFile(f"The firmware cannot be read: {error.strerror}.", where=str(path)) from error
    if len(text) > _MOST_TEXT:
        raise BadFile(f"The file has more than {_MOST_TEXT:,} bytes.", where=str(path))
    lines = text.decode("utf-8", errors="replace").splitlines()
    if looks_like_size(lines):
        return read_size(lines, str(path))
    if looks_like_map(lines):
        return read_map(lines, str(path))
    raise BadFile(
        "This is no ELF file, no map file of GNU ld and no output of size.",
        where=str(path),
        to_do="Choose the .elf or .map file that your build writes beside the binary.",
    )
