"""Sizes of C structs for a processor's calling convention.

A layout is a string of fields in the struct's order: ``p`` pointer or size_t, ``i`` int32 or float, ``d`` int64
or double, ``h`` int16, ``b`` bool or byte, ``e`` enumeration, ``c`` an int that exists only with weight
compression built in; a number repeats the next field, ``{…}`` is a struct inside.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(\d*)([pidhbec{}])")
_LAYOUT = re.compile(rf"(?:{_TOKEN.pattern})*\s*")


def align_up(size: int, alignment: int) -> int:
    """The smallest multiple of ``alignment`` that is not below ``size``."""
    return -(-size // alignment) * alignment


@dataclass(frozen=True)
class Abi:
    """How a compiler lays out structs: bytes of a pointer and of an enumeration."""

    pointer: int
    enumeration: int
    compression: bool = False

    def size(self, layout: str) -> int:
        """Bytes a struct takes, padding included."""
        return _measure(self, layout)[0]

    def alignment(self, layout: str) -> int:
        """The alignment a struct needs, in bytes."""
        return _measure(self, layout)[1]


# arm-none-eabi-gcc: 32-bit pointers, and an enumeration takes the smallest type it fits in (-fshort-enums).
CORTEX_M = Abi(pointer=4, enumeration=1)

# Other 32-bit cores (RISC-V, Xtensa): an enumeration is an int.
GENERIC_32 = Abi(pointer=4, enumeration=4)

# The tflite-micro wheel for x86-64. Never the arena of a board: used to check the rules against a running TFLM.
HOST = Abi(pointer=8, enumeration=4, compression=True)


@functools.cache
def _measure(abi: Abi, layout: str) -> tuple[int, int]:
    """(size, alignment) in bytes."""
    if not _LAYOUT.fullmatch(layout) or layout.count("{") != layout.count("}"):
        raise ValueError(f"not a layout: {layout!r}")
    plain = {"p": abi.pointer, "i": 4, "d": 8, "h": 2, "b": 1, "e": abi.enumeration}
    open_structs: list[tuple[int, int, int]] = []  # (bytes so far, alignment so far, repetitions)
    size, alignment = 0, 1
    for count, code in _TOKEN.findall(layout):
        repeat = int(count or 1)
        if code == "{":
            open_structs.append((size, alignment, repeat))
            size, alignment = 0, 1
            continue
        if code == "}":
            item_alignment, item = alignment, align_up(size, alignment)
            size, alignment, repeat = open_structs.pop()
        elif code == "c":
            if not abi.compression:
                continue
            item = item_alignment = 4
        else:
            item = item_alignment = plain[code]
        size = align_up(size, item_alignment) + repeat * item
        alignment = max(alignment, item_alignment)
    return align_up(size, alignment), alignment
