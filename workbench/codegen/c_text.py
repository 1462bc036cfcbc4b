"""Text and numbers as C source: nothing that a person typed can end a string or a comment early."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

_LINE = 110  # characters of a line of items, indentation included
_HEX = tuple(f"0x{byte:02x}" for byte in range(256))


def c_string(text: str) -> str:
    """A string literal, quotes included, that holds ``text`` as UTF-8.

    Whatever is not plain ASCII is written in octal, which ends after three digits (hexadecimal escapes go on as long
    as digits follow). Question marks are escaped because ``??`` can start a trigraph. A NUL would end the string on
    the board, so it becomes U+FFFD, and so do lone surrogates, which UTF-8 cannot hold.
    """
    clean = "".join("\ufffd" if c == "\0" or 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
    return '"' + "".join(_escaped(byte) for byte in clean.encode("utf-8")) + '"'


def _escaped(byte: int) -> str:
    character = chr(byte)
    if character in '"\\?':
        return "\\" + character
    return character if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def c_comment(text: str) -> str:
    """``text`` on one line that may stand in any comment: it neither ends nor continues it, nor hides what follows."""
    # str.isprintable leaves out line breaks and the controls that reorder what a reader sees.
    line = "".join(c if c.isprintable() else " " for c in text).replace("\\", "|")
    return re.sub(r"([*/?])(?=[*/?])", r"\1 ", line)


def c_float(value: float) -> str:
    """A float32 literal that reads back as exactly that float32: nine significant digits do."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no C literal")
    digits = f"{value:.9g}"
    if not re.search(r"[.e]", digits):
        digits += ".0"
    return digits + "f"


def c_array(items: Iterable[str], indent: str = "    ") -> str:
    """The lines between an array's braces: items separated by commas, wrapped."""
    lines, line = [], indent
    for item in items:
        if len(line) + len(item) + 1 > _LINE and line != indent:
            lines.append(line.rstrip())
            line = indent
        line += f"{item}, "
    lines.append(line.rstrip())
    return "\n".join(lines)


def c_shape(shape: Sequence[int]) -> str:
    """A tensor's sizes as a reader of comments sees them: 1 x 49 x 10."""
    return " x ".join(str(size) for size in shape) or "1"


def c_call(function: str, arguments: Sequence[str], indent: str = "    ") -> str:
    """A call as a statement, to stand behind ``indent``; a long one has its arguments below, wrapped."""
    line = f"{function}({', '.join(arguments)});"
    if len(indent) + len(line) <= _LINE:
        return line
    return f"{function}(\n{c_array(arguments, 2 * indent).removesuffix(',')});"


def c_bytes(data: bytes) -> str:
    """Bytes as the lines of an array, sixteen a line so that offsets can be read off."""
    words = [_HEX[byte] for byte in data]
    return "\n".join("    " + ", ".join(words[start : start + 16]) + "," for start in range(0, len(words), 16))
