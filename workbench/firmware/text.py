"""Names of files and text for people, out of whatever a person typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Windows opens a device in place of a file with these names, whatever the extension.
_DEVICE_NAMES = frozenset(["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))])
_LONGEST_NAME = 63  # characters: the Arduino sketch specification


def file_name(text: str) -> str:
    """A name that the Arduino IDE takes for a sketch and every system for a folder: a-z, A-Z, 0-9, _ and -.

    Letters lose their accents, everything else becomes ``_``; it starts with a letter and is never empty.
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", ascii_only).strip("_-")
    if not name or not name[0].isalpha() or name.lower() in _DEVICE_NAMES:
        name = f"sketch_{name}".rstrip("_")
    return name[:_LONGEST_NAME]


def markdown(text: str) -> str:
    """``text`` as part of a line of Markdown: what Markdown or HTML would take for itself is escaped."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"([\\`*_\[\]<>#|&~$])", r"\\\1", line)


def dimensions(shape: Sequence[int]) -> str:
    """A shape for people, such as 1 × 128 × 6."""
    return " × ".join(str(n) for n in shape)
