"""What GNU or LLVM ``size`` prints of a program, in its usual form (Berkeley)."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.errors import BadFile
from workbench.memory.budget import Firmware

_COLUMNS = ["text", "data", "bss", "dec", "hex", "filename"]
_MOST_BYTES = 1 << 32


def looks_like_size(lines: Sequence[str]) -> bool:
    """Whether one of the first lines is the heading of the table."""
    return any(line.split() == _COLUMNS for line in lines[:20])


def read_size(lines: Sequence[str], where: str) -> Firmware:
    """Text and data lie in flash, data and bss in RAM; BadFile when there is not exactly one program."""
    heading = next(number for number, line in enumerate(lines) if line.split() == _COLUMNS)
    rows = [words for line in lines[heading + 1 :] if len(words := line.split(maxsplit=5)) == len(_COLUMNS)]
    totals = [words for words in rows if words[5] == "(TOTALS)"]
    rows = totals or rows
    if len(rows) != 1:
        raise BadFile(
            f"The output of size is about {len(rows)} programs, not one.",
            where=where,
            to_do="Run size on your linked program alone.",
        )
    try:
        text, data, bss = (int(word, 10) for word in rows[0][:3])
    except ValueError as error:
        raise BadFile("The output of size has a row without numbers.", where=where) from error
    if min(text, data, bss) < 0 or max(text, data, bss) > _MOST_BYTES:
        raise BadFile("The output of size has a number that makes no sense.", where=where)
    return Firmware(text + data, data + bss)
