"""A job made of jobs: each gets a share of the progress bar."""

from __future__ import annotations

from typing import Any

from workbench.jobs.job import Job


class _Share:
    def __init__(self, whole: Job, low: float, high: float) -> None:
        self._whole = whole
        self._low = low
        self._high = high

    @property
    def cancelled(self) -> bool:
        return self._whole.cancelled

    def progress(self, text: str, fraction: float | None = None) -> None:
        self._whole.progress(text, self._low + (fraction or 0.0) * (self._high - self._low))

    def report(self, kind: str, **values: Any) -> None:
        self._whole.report(kind, **values)


def share(job: Job, low: float, high: float) -> Job:
    """A job whose progress 0..1 fills ``low``..``high`` of ``job``'s."""
    return _Share(job, low, high)
