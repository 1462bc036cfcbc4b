"""Small projects whose windows are easy to tell apart."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from workbench.compression.recipe import Recipe
from workbench.dataset.settings import SplitSettings, WindowSettings
from workbench.jobs import QuietJob
from workbench.operations.compress import compress
from workbench.operations.train import train
from workbench.project import Channel, Project
from workbench.project.samples import FileDescription, SamplesWriter
from workbench.training.settings import TrainingSettings

CHANNELS = (Channel("x", "g"), Channel("y", "g"))
QUICK = TrainingSettings(width=4, layers=2, epochs=12, batch_size=16, learning_rate=0.01)
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


def fill_with_waves(folder: Path) -> Path:
    """A project of three classes of oscillation by six people, two channels at 50 Hz."""
    rng = np.random.default_rng(7)
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


@pytest.fixture
def wave_project(tmp_path: Path) -> Path:
    """Slow, fast and still, easy to learn; not trained."""
    return fill_with_waves(tmp_path / "waves")


@pytest.fixture(scope="session")
def _compressed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = fill_with_waves(tmp_path_factory.mktemp("compressed") / "waves")
    train(folder, QUICK, job=QuietJob())
    compress(folder, Recipe(), job=QuietJob())
    return folder


@pytest.fixture
def compressed(_compressed_once: Path, tmp_path: Path) -> tuple[Path, int]:
    """The waves, trained, with variants float32 and int8; the folder and the int8 variant's id."""
    return shutil.copytree(_compressed_once, tmp_path / "compressed"), 2


@pytest.fixture
def trained(compressed: tuple[Path, int]) -> Path:
    """The waves, trained, with variants float32 (1) and int8 (2)."""
    return compressed[0]
