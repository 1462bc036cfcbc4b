"""The map file that GNU ld (and gold, in the same form) writes with ``-Map``.

Of interest are two parts: the memory regions, and below "Linker script and memory map" one line an output section,
at the start of the line, with address, size and, where it differs, the address it is loaded from::

    .data           0x20000000      0x3e0 load address 0x08004a10

A name too long for its column stands on a line of its own, the numbers on the next. The map does not say which
sections have contents: ld gives a load address even to those that are only zeroed, so that these are known by their
names. An ELF file knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.errors import BadFile
from workbench.memory.budget import Firmware

_REGIONS = "Memory Configuration"
_SECTIONS = "Linker script and memory map"
_NUMBER = r"0x([0-9a-fA-F]{1,16})"
_REGION = re.compile(rf"(\S+)\s+{_NUMBER}\s+{_NUMBER}(?:\s+(\S+))?\s*")
_SECTION = re.compile(rf"(\.\S+)\s+{_NUMBER}\s+{_NUMBER}(?:\s+load address {_NUMBER})?\s*")
_LONG_NAME = re.compile(r"\.\S+")
_NUMBERS_ALONE = re.compile(rf"\s+{_NUMBER}\s+{_NUMBER}(?:\s+load address {_NUMBER})?\s*")

# Kept in the ELF for debuggers and linkers, at address 0, never loaded.
_NOT_LOADED = (".debug", ".stab", ".comment", ".ARM.attributes", ".riscv.attributes", ".gnu.attributes", ".note.GNU")
_WITHOUT_CONTENTS = ("bss", "noinit", "no_init", "heap", "stack")  # in the names of sections that are not loaded
_MOST_BYTES = 1 << 32
_SRAM = 0x2000_0000  # where RAM begins on an Arm Cortex-M, for regions that do not say what they are


@dataclass(frozen=True)
class _Region:
    name: str
    start: int
    length: int
    attributes: str

    @property
    def is_ram(self) -> bool:
        """By its name; else whether it can be written; else by its address."""
        name = self.name.upper()
        if "FLASH" in name or "ROM" in name:
            return False
        if "RAM" in name or "TCM" in name:
            return True
        return "w" in self.attributes if self.attributes else self.start >= _SRAM


@dataclass(frozen=True)
class _Section:
    name: str
    address: int
    size: int
    has_load_address: bool

    @property
    def is_loaded(self) -> bool:
        """Whether its contents are copied from flash at the start."""
        return self.has_load_address and not any(word in self.name.lower() for word in _WITHOUT_CONTENTS)


def looks_like_map(lines: Sequence[str]) -> bool:
    """Whether both parts are there."""
    return _REGIONS in lines and _SECTIONS in lines


def read_map(lines: Sequence[str], where: str) -> Firmware:
    """Flash what lies in it or is loaded from it, RAM what lies there; BadFile when the map has no regions."""
    regions = list(_regions(lines))
    if not regions:
        raise BadFile("The map file names no memory regions, so flash and RAM cannot be told apart.", where=where)
    flash = ram = counted = 0
    for section in _sections(lines):
        if section.size > _MOST_BYTES:
            raise BadFile(f"Section {section.name} has {section.size:,} bytes.", where=where)
        region = next((r for r in regions if r.start <= section.address < r.start + r.length), None)
        if region is None or not section.size or section.name.startswith(_NOT_LOADED):
            continue
        counted += 1
        ram += section.size if region.is_ram else 0
        flash += section.size if section.is_loaded or not region.is_ram else 0
    if not counted:
        raise BadFile("The map file lists no section in any of its memory regions.", where=where)
    return Firmware(flash, ram)


def _regions(lines: Sequence[str]) -> Iterator[_Region]:
    for line in lines[lines.index(_REGIONS) + 1 : lines.index(_SECTIONS)]:
        found = _REGION.fullmatch(line)
        if found and found[1] != "*default*":
            yield _Region(found[1], int(found[2], 16), int(found[3], 16), found[4] or "")


def _sections(lines: Sequence[str]) -> Iterator[_Section]:
    name = ""
    for line in lines[lines.index(_SECTIONS) + 1 :]:
        whole, rest = _SECTION.fullmatch(line), _NUMBERS_ALONE.fullmatch(line) if name else None
        if whole:
            yield _Section(whole[1], int(whole[2], 16), int(whole[3], 16), whole[4] is not None)
        elif rest:
            yield _Section(name, int(rest[1], 16), int(rest[2], 16), rest[3] is not None)
        name = line if _LONG_NAME.fullmatch(line) else ""
