"""Where bytes come from, and the errors that end a connection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass


class SourceLost(Exception):
    """The source went away while it was read: a cable was pulled, or a board reboots.

    ``what`` is what a person is told.
    """

    def __init__(self, reason: str, what: str = "The board went away.") -> None:
        super().__init__(reason)
        self.what = what


class SourceEnded(SourceLost):
    """There is no more to come, and no point in trying again."""


@dataclass(frozen=True)
class LineErrors:
    """What a serial driver has counted since the port was opened."""

    dropped: int = 0  # times that bytes were lost: the hardware's buffer or the system's was full
    damaged: int = 0  # bytes with a framing or a parity error

    def __add__(self, later: LineErrors) -> LineErrors:
        return LineErrors(self.dropped + later.dropped, self.damaged + later.damaged)


class Source(ABC):
    """An open connection that bytes come from. ``notice`` is what a person should know of it ("" for nothing)."""

    notice = ""

    @abstractmethod
    def read(self) -> bytes:
        """What has arrived, after a wait of at most some hundredths of a second; b"" when nothing came.

        Raises SourceLost when there will be nothing any more for now, SourceEnded when there never will be.
        """

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send a few bytes. Raises SourceLost when the other end is gone."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it; never raises."""

    def line_errors(self) -> LineErrors | None:
        """What was lost or damaged on the way to this program; None where nobody counts that."""
        return None
