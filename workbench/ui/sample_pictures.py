"""Pictures of the sample projects, drawn from their own data; read beside the window's thread."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    import numpy as np

    from workbench.operations.projects import SampleProject
    from workbench.project.store import Project

_ROWS = 240  # of a recording; more cannot be told apart in a picture of that size
_CHANNELS = 3
_PICTURES = 24


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
