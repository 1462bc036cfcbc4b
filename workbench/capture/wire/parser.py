"""What every wire protocol gives: bytes in, rows of values out, and counts of what could not be used."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.capture.clock import BOARD, Clock
from workbench.project.model import Channel

MOST_CHANNELS = 256
_LAST_LINES = 8
_LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Rows:
    """Readings in the order they came: float32 (n, channels), all finite.

    ``device_s`` is the time at each reading by a ``clock`` that the format carries, float64 (n,) in seconds from any
    zero, unwrapped where its counter goes round. It falls where the board has started anew.
    ``stream`` tells apart what comes over one link at several rates; most formats have only one.
    """

    channels: tuple[Channel, ...]
    values: NDArray[np.float32]
    device_s: NDArray[np.float64] | None = None
    stream: int = 0
    clock: Clock = BOARD

    def __len__(self) -> int:
        return len(self.values)

    def part(self, start: int, stop: int) -> Rows:
        """Some of the readings."""
        device_s = None if self.device_s is None else self.device_s[start:stop]
        return dataclasses.replace(self, values=self.values[start:stop], device_s=device_s)


@dataclass(frozen=True)
class Picture:
    """One whole picture, uint8 (height, width, 1 or 3), taken at ``device_s`` by the board's own clock."""

    pixels: NDArray[np.uint8]
    device_s: float


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
    pictures: int = 0  # whole ones
    pictures_lost: int = 0  # that the board's own numbers say were sent and never came whole
    other_formats: int = 0  # times that the board turned out to send in another format than before
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
    """The same rows, each stream's together, with neighbours of the same channels joined."""
    joined: list[list[Rows]] = []
    for part in sorted(parts, key=lambda part: part.stream):
        last = joined[-1][0] if joined else None
        if last is not None and (last.channels is part.channels and last.stream == part.stream):
            joined[-1].append(part)
        else:
            joined.append([part])
    return [same[0] if len(same) == 1 else _one(same) for same in joined]


def _one(same: list[Rows]) -> Rows:
    times = [one.device_s for one in same if one.device_s is not None]
    device_s = np.concatenate(times) if len(times) == len(same) else None
    values = np.concatenate([one.values for one in same])
    return dataclasses.replace(same[0], values=values, device_s=device_s)


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

    @property
    def unsure(self) -> bool:
        """Whether what came lately may be anything: a format without marks has no way to tell."""
        return False

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

    def pictures(self) -> list[Picture]:
        """The pictures that the last ``feed`` completed."""
        return []

    def lost_of(self, stream: int) -> int:
        """How many readings of a stream took their time but gave no row, since the parser was made."""
        return self.counts.lost

    def reply(self) -> bytes:
        """What the board waits for before it goes on; asked once after every ``feed``."""
        return b""
