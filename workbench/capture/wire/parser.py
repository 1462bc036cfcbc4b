"""What every wire protocol gives: bytes in, rows of values out, and counts of what could not be used."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.project.model import Channel

MOST_CHANNELS = 256
_LAST_LINES = 8
_LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Rows:
    """Readings in the order they came: float32 (n, channels), all finite."""

    channels: tuple[Channel, ...]
    values: NDArray[np.float32]


@dataclass
class Counts:
    """What went through a parser since it was made."""

    frames: int = 0
    bad: int = 0  # readings that could not be used, those that are not finite included
    not_finite: int = 0
    text: int = 0
    last_text: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_LINES))

    def quote(self, line: bytes) -> None:
        """Remember a line that was not understood; bytes that are no printable text are shown as escapes."""
        text = line[:_LONGEST_QUOTE].decode("utf-8", "backslashreplace")
        self.last_text.append("".join(c if c.isprintable() else repr(c)[1:-1] for c in text))


def merged(parts: list[Rows]) -> list[Rows]:
    """The same rows with neighbours of the same channels joined."""
    joined: list[list[Rows]] = []
    for part in parts:
        if joined and joined[-1][0].channels is part.channels:
            joined[-1].append(part)
        else:
            joined.append([part])
    return [Rows(same[0].channels, np.concatenate([one.values for one in same])) for same in joined]


class WireParser(Protocol):
    """One wire protocol. Any bytes may come, cut anywhere; none raises, and memory stays bounded."""

    counts: Counts

    @property
    def title(self) -> str:
        """The format as a person would call it, with what was found, such as "lines, comma"."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """What a reading consists of; empty until that is known. The tuple is replaced when it changes."""

    def feed(self, data: bytes) -> list[Rows]:
        """The readings completed by these bytes; a new element where the channels change."""

    def finish(self) -> list[Rows]:
        """The source has ended in an orderly way: what the last bytes still hold, then as after ``restart``."""

    def restart(self) -> None:
        """The source broke off: forget everything but the counts.

        What comes next may be another board, heard from the middle of a reading.
        """
