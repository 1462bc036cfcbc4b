"""What every wire protocol gives: bytes in, rows of values out, and counts of what could not be used."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.project.model import Channel

MOST_CHANNELS = 256
_LAST_LINES = 8
_LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Rows:
    """Readings in the order they came: float32 (n, channels), all finite.

    ``device_s`` is the board's own clock at each reading, float64 (n,) in seconds, where the format carries it.
    """

    channels: tuple[Channel, ...]
    values: NDArray[np.float32]
    device_s: NDArray[np.float64] | None = None


@dataclass
class Counts:
    """What went through a parser since it was made."""

    frames: int = 0
    bad: int = 0  # readings that could not be used, those that are not finite included
    not_finite: int = 0
    text: int = 0
    checksum_errors: int = 0  # of the bad ones: the frame was whole, its checksum was not
    sequence_gaps: int = 0  # places where the board's own numbers jump
    missing: int = 0  # readings that those numbers say were sent and never understood
    last_text: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_LINES))

    @property
    def lost(self) -> int:
        """Readings that took their time but gave no row. A damaged one is missing from the sequence as well."""
        return max(self.bad, self.missing)

    def __add__(self, later: Counts) -> Counts:
        """What went through one parser and then through another."""
        total = Counts(last_text=deque([*self.last_text, *later.last_text], _LAST_LINES))
        for name in _NUMBERS:
            setattr(total, name, getattr(self, name) + getattr(later, name))
        return total

    def quote(self, line: bytes) -> None:
        """Remember a line that was not understood; bytes that are no printable text are shown as escapes."""
        text = line[:_LONGEST_QUOTE].decode("utf-8", "backslashreplace")
        self.last_text.append("".join(c if c.isprintable() else repr(c)[1:-1] for c in text))


_NUMBERS = tuple(one.name for one in dataclasses.fields(Counts) if one.name != "last_text")


def merged(parts: list[Rows]) -> list[Rows]:
    """The same rows with neighbours of the same channels joined."""
    joined: list[list[Rows]] = []
    for part in parts:
        if joined and joined[-1][0].channels is part.channels:
            joined[-1].append(part)
        else:
            joined.append([part])
    return [same[0] if len(same) == 1 else _one(same) for same in joined]


def _one(same: list[Rows]) -> Rows:
    times = [one.device_s for one in same if one.device_s is not None]
    device_s = np.concatenate(times) if len(times) == len(same) else None
    return Rows(same[0].channels, np.concatenate([one.values for one in same]), device_s)


def numbered_channels(count: int) -> tuple[Channel, ...]:
    """Channels of a format that does not name them."""
    return tuple(Channel(f"channel {number + 1}") for number in range(count))


class WireParser(ABC):
    """One wire protocol. Any bytes may come, cut anywhere; none raises, and memory stays bounded."""

    counts: Counts

    @property
    @abstractmethod
    def title(self) -> str:
        """The format as a person would call it, with what was found, such as "lines, comma"."""

    @property
    @abstractmethod
    def channels(self) -> tuple[Channel, ...]:
        """What a reading consists of; empty until that is known. The tuple is replaced when it changes."""

    @property
    def declared_hz(self) -> float | None:
        """The rate that the board says it has, where the format can say it."""
        return None

    @abstractmethod
    def feed(self, data: bytes) -> list[Rows]:
        """The readings completed by these bytes; a new element where the channels change."""

    @abstractmethod
    def finish(self) -> list[Rows]:
        """The source has ended in an orderly way: what the last bytes still hold, then as after ``restart``."""

    @abstractmethod
    def restart(self) -> None:
        """The source broke off: forget everything but the counts.

        What comes next may be another board, heard from the middle of a reading.
        """

    def reply(self) -> bytes:
        """What the board waits for before it goes on; asked once after every ``feed``."""
        return b""
