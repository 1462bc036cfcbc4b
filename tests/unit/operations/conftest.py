"""A project with two recordings, and what proving a model for a core may have found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from workbench.jobs import QuietJob
from workbench.operations.import_files import import_files
from workbench.project import Project
from workbench.project.importers import ImportOptions
from workbench.target.cycles import InstructionMix
from workbench.target.image_file import FlashSizes
from workbench.target.verify import RamSizes, StepCount, Verification


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


@pytest.fixture
def verification() -> Verification:
    """Of a model of one operator that takes a millisecond at 64 MHz."""
    return Verification(
        core="cortex-m4", compiler="zig", option="speed", bit_exact=True, against="TFLM", difference="", windows=1,
        instructions=11, cycles=64_000, cycles_low=6e4, cycles_high=7e4, cycles_source="a manual",
        flash=FlashSizes(code=1_000, weights=500, constants=50), ram=RamSizes(4_000, 0, 200),
        per_operator=(StepCount(0, "FULLY_CONNECTED", 11, 64_000, 500),), mix=InstructionMix(4, 3, 4),
    )  # fmt: skip
