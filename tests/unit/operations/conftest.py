"""A project with two recordings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from workbench.jobs import QuietJob
from workbench.operations.import_files import import_files
from workbench.project import Project
from workbench.project.importers import ImportOptions


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Recordings 1 ("idle") and 2 ("run") of 100 rows and two channels at 50 Hz."""
    for label in ("idle", "run"):
        (tmp_path / "files" / label).mkdir(parents=True)
        np.savetxt(tmp_path / "files" / label / "a.csv", np.random.default_rng(1).normal(size=(100, 2)), delimiter=",")
    folder = tmp_path / "project"
    Project.create(folder, "A project").close()
    import_files(folder, [tmp_path / "files"], ImportOptions(rate_hz=50.0), job=QuietJob())
    with Project.open(folder) as opened:
        yield opened
