"""The side of a job that the working function sees."""

from __future__ import annotations

from typing import Any, Protocol


class Cancelled(Exception):
    """The person who started the work does not want it any more."""


class Job(Protocol):
    """Passed as the last argument ``job`` to every long function."""

    @property
    def cancelled(self) -> bool:
        """Whether to stop; long loops poll it and raise Cancelled."""

    def progress(self, text: str, fraction: float | None = None) -> None:
        """Tell how far the work is; raises Cancelled when it is not wanted any more."""

    def report(self, kind: str, **values: Any) -> None:
        """Send something worth drawing; values must be plain (numbers, strings, lists, numpy arrays)."""


class QuietJob:
    """A job that nobody watches: for tests and for work inside other work."""

    cancelled = False

    def progress(self, text: str, fraction: float | None = None) -> None:
        """Nobody listens."""

    def report(self, kind: str, **values: Any) -> None:
        """Nobody listens."""
