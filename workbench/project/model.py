"""What a project consists of, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

RecordingKind = Literal["series", "picture"]
Task = Literal["classification", "regression"]


@dataclass(frozen=True)
class Channel:
    """One quantity that is measured along a series, or one colour plane of a picture."""

    name: str
    unit: str = ""


@dataclass(frozen=True)
class Gap:
    """Readings that were sent and are missing ahead of a row of the recording (counted from 0)."""

    row: int
    readings: int


@dataclass(frozen=True)
class Recording:
    """A stretch of samples of some channels, or one picture, with one label.

    ``file`` is relative to the project's folder; the recording's rows are ``first_row`` to
    ``first_row + rows`` of that file. ``metadata`` holds what groups recordings (subject, session, …);
    ``notes`` what the importer had to say, such as "truncated: 700 of 1000 rows".
    """

    id: int
    name: str
    kind: RecordingKind
    channels: tuple[Channel, ...]
    rate_hz: float | None  # None for pictures
    rows: int  # 1 for pictures
    label: str  # "" when there is none
    metadata: dict[str, str] = field(default_factory=dict)
    source: str = ""
    created: str = ""  # ISO 8601
    file: str = ""
    first_row: int = 0
    shape: tuple[int, int, int] | None = None  # height, width, colours; pictures only
    notes: str = ""
    gaps: tuple[Gap, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long the recording is; None for pictures."""
        return self.rows / self.rate_hz if self.rate_hz else None


@dataclass(frozen=True)
class Segment:
    """A labelled part of a recording: rows ``start`` to ``stop``, the last one exclusive."""

    id: int
    recording_id: int
    start: int
    stop: int
    label: str


@dataclass(frozen=True)
class Run:
    """One training: what went in, what came out, and the float model."""

    id: int
    created: str
    title: str
    task: Task
    classes: tuple[str, ...]
    target_unit: str
    settings: dict[str, dict[str, Any]]  # every settings object used, by the name of its class
    input_shape: tuple[int, ...]
    parameters: int
    split: dict[str, Any]
    features: dict[str, Any]
    history: dict[str, list[float]]
    evaluation: dict[str, Any]  # of the float model on the validation split
    model_file: str


@dataclass(frozen=True)
class GivenModel:
    """The model file from elsewhere that a project was made for: no run of this program trained it.

    ``file`` is the copy inside the project's folder; ``source`` where the original lay, ``sha256`` of its bytes.
    """

    name: str  # the original's file name
    source: str
    sha256: str
    file: str

    @property
    def is_keras(self) -> bool:
        """Whether it can be compressed; a .tflite is final."""
        return self.file.endswith(".keras")


@dataclass(frozen=True)
class Variant:
    """One compressed form of a run's model, or of the project's given model, as a .tflite file."""

    id: int
    run_id: int | None  # None: of the given model
    created: str
    name: str
    recipe: dict[str, Any]
    model_file: str
    file_bytes: int
    quantization: str
    sparsity: float  # measured share of zero weights, 0..1
    evaluation: dict[str, Any]  # on the validation split; of a given model on all recordings, empty until there are
    test: dict[str, Any] | None  # on the test split, written once
    runs_on_boards: bool
    current: bool
    pinned: bool = False  # marked and named in the trade-off picture
