"""What an importer gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workbench.project.model import Channel

# 200 MB as float32: more is read up to here, and the note says so.
MOST_VALUES = 50_000_000
MOST_CHANNELS = 256


@dataclass(frozen=True)
class LabelledRows:
    """Rows ``start`` to ``stop`` (exclusive) with one label."""

    start: int
    stop: int
    label: str


@dataclass(frozen=True)
class ImportedRecording:
    """One recording from a file: a series float32 (rows, channels), or a picture uint8 (H, W, C)."""

    name: str
    channels: tuple[Channel, ...]
    rate_hz: float | None  # None for pictures
    samples: np.ndarray
    label: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    notes: str = ""
    segments: tuple[LabelledRows, ...] = ()
    source: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether this is a picture, not a series."""
        return self.samples.ndim == 3


@dataclass(frozen=True)
class Imported:
    """The recordings that could be read, and in words what could not."""

    recordings: list[ImportedRecording]
    problems: list[str]
