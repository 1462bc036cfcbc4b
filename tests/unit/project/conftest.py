"""A project to work on, and a way to put a recording into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from workbench.project import Channel, Project
from workbench.project.samples import FileDescription, SamplesWriter

AddSeries = Callable[..., int]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project", "A project") as opened:
        yield opened


@pytest.fixture
def add_series() -> AddSeries:
    def add(project: Project, values: np.ndarray | None = None, label: str = "up", **more: object) -> int:
        values = np.arange(20, dtype=np.float32).reshape(10, 2) if values is None else values
        channels = tuple(Channel(f"c{n}", "g") for n in range(values.shape[1]))
        file = project.new_samples_file(keep_after_crash=True)
        with SamplesWriter(project.path(file), FileDescription(channels, 50.0, "wave", label)) as writer:
            writer.write(values)
        with project.step("Add"):
            return project.add_recording(
                name="wave", channels=channels, rate_hz=50.0, rows=len(values), file=file, label=label, **more
            )

    return add
