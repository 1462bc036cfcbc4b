"""Where bytes come from, and the errors that end a connection."""

from __future__ import annotations

from typing import Protocol


class SourceLost(Exception):
    """The source went away while it was read: a cable was pulled, or a board reboots.

    ``what`` is what a person is told.
    """

    def __init__(self, reason: str, what: str = "The board went away.") -> None:
        super().__init__(reason)
        self.what = what


class Source(Protocol):
    """An open connection that bytes come from."""

    def read(self) -> bytes:
        """What has arrived, after a wait of at most some hundredths of a second; b"" when nothing came.

        Raises SourceLost when there will be nothing any more.
        """

    def write(self, data: bytes) -> None:
        """Send a few bytes. Raises SourceLost when the other end is gone."""

    def close(self) -> None:
        """Let go of it; never raises."""
