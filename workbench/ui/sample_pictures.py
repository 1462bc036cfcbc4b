"""Pictures of the sample projects, drawn from their own data; read beside the window's thread."""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    import numpy as np

    from workbench.operations.projects import SampleProject
    from workbench.project.store import Project

_ROWS = 240  # of a recording; more cannot be told apart in a picture of that size
_CHANNELS = 3
_PICTURES = 24
# What the first station imports: read while the user looks around, so that a click is not kept waiting.
_NEEDED_NEXT = ("workbench.operations.fit_figures", "workbench.capture", "pyqtgraph")


@dataclass(frozen=True)
class SamplePicture:
    """A sample project with something to draw: channels in -1..1, or grey pictures in 0..255."""

    sample: SampleProject
    facts: str  # "140 recordings · 7 labels · 50 Hz"
    simulated: bool = False
    channels: tuple[np.ndarray, ...] = ()  # float32 (rows,)
    pictures: tuple[np.ndarray, ...] = ()  # uint8 (height, width, 1 or 3)


@functools.cache  # samples are read-only
def read_samples() -> tuple[SamplePicture, ...]:
    """All sample projects with their pictures; one that cannot be read is left out."""
    from workbench.operations.projects import samples
    from workbench.project.store import Project

    found = []
    for sample in samples():
        try:
            with Project.open(sample.folder) as project:
                found.append(_picture(sample, project))
        except WorkbenchError:
            continue
    return tuple(sorted(found, key=lambda picture: picture.simulated))  # recorded data first


def _picture(sample: SampleProject, project: Project) -> SamplePicture:
    recordings = project.recordings()
    labels = project.recording_labels()
    if not recordings:
        return SamplePicture(sample, "empty")
    if recordings[0].kind == "picture":
        facts = f"{len(recordings):,} pictures · {len(labels)} labels"
        step = max(1, len(recordings) // _PICTURES)
        chosen = recordings[step // 2 :: step][:_PICTURES]
        return SamplePicture(sample, facts, pictures=tuple(project.samples(one) for one in chosen))
    middle = recordings[len(recordings) // 2]
    rate = middle.rate_hz or 0.0
    facts = f"{len(recordings)} recordings · {len(middle.channels)} channel{'s' if len(middle.channels) > 1 else ''}"
    facts += f" · {rate:g}\u2009Hz" if rate >= 1 else ""
    rows = project.samples(middle, 0, min(_ROWS, middle.rows))[:, :_CHANNELS]
    centred = rows - (rows.max(axis=0) + rows.min(axis=0)) / 2
    scaled = centred / max(float(abs(centred).max()), 1e-9)
    simulated = middle.metadata.get("simulated") == "yes"
    return SamplePicture(sample, facts, simulated, channels=tuple(scaled.T))


def read_recent() -> list[Path]:
    """The folders of the projects opened lately."""
    from workbench.operations.projects import recent_projects

    return recent_projects()


class SampleReader(QObject):
    """Reads the samples in a thread of its own pool and tells when they are there."""

    read = Signal(tuple, list)  # of SamplePicture, and the folders of the projects opened lately

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def start(self) -> None:
        """Read; ``read`` is emitted in the window's thread."""
        self._pool.start(self._read)

    def _read(self) -> None:
        self.read.emit(read_samples(), read_recent())
        for module in _NEEDED_NEXT:
            importlib.import_module(module)

    def wait(self) -> None:
        """Until the thread has ended."""
        self._pool.waitForDone()
