"""Small projects whose windows are easy to tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from workbench.dataset.settings import SplitSettings, WindowSettings
from workbench.project import Channel, Project
from workbench.project.samples import FileDescription, SamplesWriter

CHANNELS = (Channel("x", "g"), Channel("y", "g"))
AddSeries = Callable[..., int]


def add_series(
    project: Project,
    values: np.ndarray,
    *,
    label: str = "",
    rate_hz: float = 50.0,
    channels: tuple[Channel, ...] = CHANNELS,
    metadata: dict[str, str] | None = None,
) -> int:
    """Store float values (rows, channels) as a recording; its id."""
    file = project.new_samples_file(keep_after_crash=False)
    with SamplesWriter(project.path(file), FileDescription(channels, rate_hz)) as writer:
        writer.write(values.astype(np.float32))
    return project.add_recording(
        name=f"{label} {len(project.recordings()) + 1}",
        channels=channels,
        rate_hz=rate_hz,
        rows=len(values),
        file=file,
        label=label,
        metadata=metadata,
    )


@pytest.fixture
def empty_project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project", "test") as project:
        yield project


@pytest.fixture
def add() -> AddSeries:
    return add_series


@pytest.fixture
def wave_project(tmp_path: Path) -> Path:
    """Three classes of oscillation (slow, fast, still) by six people, two channels at 50 Hz: easy to learn."""
    rng = np.random.default_rng(7)
    folder = tmp_path / "waves"
    t = np.arange(300) / 50
    with Project.create(folder, "waves") as project, project.step("fill"):
        for person in range(6):
            for label, hertz, size in (("slow", 1.0, 1.0), ("fast", 4.0, 1.0), ("still", 0.0, 0.0)):
                phase = rng.uniform(0, 6)
                wave = size * np.sin(2 * np.pi * hertz * t + phase)
                values = np.stack([wave, -0.5 * wave], axis=1) + rng.normal(0, 0.1, (len(t), 2))
                add_series(project, values, label=label, metadata={"person": f"p{person}"})
        project.save_settings(WindowSettings(length_s=1.0, stride_s=0.5))
        project.save_settings(SplitSettings(by="person"))
    return folder
