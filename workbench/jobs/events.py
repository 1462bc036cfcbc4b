"""What a job tells while it runs and when it ends. A job's last event is Finished or Failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.errors import WorkbenchError


@dataclass(frozen=True)
class Progress:
    """How far the work is: ``fraction`` in 0..1, or None while that is unknown."""

    text: str
    fraction: float | None = None


@dataclass(frozen=True)
class Report:
    """Something worth drawing while the work goes on, such as one epoch's loss."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """The work is done."""

    result: Any


@dataclass(frozen=True)
class Failed:
    """The work ended without a result."""

    error: WorkbenchError


Event = Progress | Report | Finished | Failed
