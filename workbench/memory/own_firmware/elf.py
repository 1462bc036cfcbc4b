"""Flash and RAM of an ELF file, from its section headers (TIS ELF specification 1.2, and its 64-bit form)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from workbench.errors import BadFile
from workbench.memory.budget import Firmware

MAGIC = b"\x7fELF"

_NOBITS = 8  # a section that takes room when it runs, and none in the file
_WRITE, _ALLOC = 1, 2
_PT_LOAD, _PF_W = 1, 2
_LINKED = (2, 3)  # a program at fixed addresses, or at any
_MOST_HEADERS = 4096
_MOST_BYTES = 1 << 32  # of one section; beyond that, a 32-bit device cannot hold it


@dataclass(frozen=True)
class _Class:
    """Layouts of one word size: the file header after its 16 bytes of identification, a section, a segment.

    ``section`` are the places of type, flags and size in a section header, ``segment`` those of type, flags, bytes in
    the file and bytes in memory in a program header.
    """

    header: str
    section_layout: str
    section: tuple[int, int, int]
    segment_layout: str
    segment: tuple[int, int, int, int]


_CLASSES = {
    1: _Class("HHIIIIIHHHHHH", "10I", (1, 2, 5), "8I", (0, 6, 4, 5)),
    2: _Class("HHIQQQIHHHHHH", "IIQQQQIIQQ", (1, 2, 5), "IIQQQQQQ", (0, 1, 5, 6)),
}
_ENDIAN = {1: "<", 2: ">"}


def read_elf(file: BinaryIO, where: str) -> Firmware:
    """What a linked program takes: flash what is loaded, RAM what can be written; BadFile when it is malformed.

    As GNU size counts: text and data in flash, data and bss in RAM. A program without section headers is counted by
    its segments, which is the same but for padding.
    """
    reader = _Reader(file, where)
    flash, ram, counted = 0, 0, False
    for kind, flags, size in reader.sections():
        if flags & _ALLOC:
            counted = True
            flash += 0 if kind == _NOBITS else size
            ram += size if flags & _WRITE else 0
    if not counted:
        for kind, flags, stored, size in reader.segments():
            if kind == _PT_LOAD:
                counted = True
                flash += stored
                ram += size if flags & _PF_W else 0
    if not counted:
        raise BadFile("The ELF file has nothing to load: it is no linked program.", where=where)
    return Firmware(flash, ram)


class _Reader:
    """Headers of an ELF file, each checked to lie in it."""

    def __init__(self, file: BinaryIO, where: str) -> None:
        self._file = file
        self._where = where
        self._size = file.seek(0, os.SEEK_END)
        identification = self._at(0, 16)
        if identification[4] not in _CLASSES or identification[5] not in _ENDIAN:
            raise self._malformed("its word size or byte order is unknown")
        self._class, self._endian = _CLASSES[identification[4]], _ENDIAN[identification[5]]
        (header,) = self._table(16, self._class.header, struct.calcsize("<" + self._class.header), 1)
        kind, _, _, _, self._segments_at, self._sections_at, _, _, *sizes = header
        if kind not in _LINKED:
            raise BadFile("The ELF file is no linked program.", where=where, to_do="Choose what your linker wrote.")
        self._segment_size, self._segment_count, self._section_size, self._section_count, _ = sizes

    def sections(self) -> Iterator[tuple[int, int, int]]:
        """(type, flags, bytes) of each section."""
        layout = self._class.section_layout
        for row in self._table(self._sections_at, layout, self._section_size, self._section_count):
            kind, flags, size = (row[place] for place in self._class.section)
            if size > _MOST_BYTES:
                raise self._malformed(f"a section has {size:,} bytes")
            yield kind, flags, size

    def segments(self) -> Iterator[tuple[int, int, int, int]]:
        """(type, flags, bytes in the file, bytes in memory) of each segment."""
        layout = self._class.segment_layout
        for row in self._table(self._segments_at, layout, self._segment_size, self._segment_count):
            kind, flags, stored, size = (row[place] for place in self._class.segment)
            if max(stored, size) > _MOST_BYTES:
                raise self._malformed(f"a segment has {max(stored, size):,} bytes")
            yield kind, flags, stored, size

    def _table(self, offset: int, layout: str, entry_size: int, count: int) -> Iterator[tuple[int, ...]]:
        layout = self._endian + layout
        needed = struct.calcsize(layout)
        if not count:
            return
        if count > _MOST_HEADERS or entry_size < needed:
            raise self._malformed(f"it announces {count:,} headers of {entry_size} bytes")
        data = self._at(offset, count * entry_size)
        for place in range(count):
            yield struct.unpack_from(layout, data, place * entry_size)

    def _at(self, offset: int, size: int) -> bytes:
        if offset + size > self._size:
            raise self._malformed(f"bytes {offset:,} to {offset + size:,} are announced, and it has {self._size:,}")
        self._file.seek(offset)
        return self._file.read(size)

    def _malformed(self, why: str) -> BadFile:
        return BadFile(f"The ELF file is malformed: {why}.", where=self._where)
