"""A variant of a sample fits the smallest board there is, and is proven on its core."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workbench import jobs
from workbench.boards import find_board
from workbench.figures import Source
from workbench.operations.fit_figures import fit_figures
from workbench.operations.projects import copy_sample
from workbench.operations.verify import verify_model
from workbench.operations.verify_wanted import Verify
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.training.settings import TrainingSettings

BOARD = "frdm_kl03z"  # Cortex-M0+, 32 KB of flash, 2 KB of RAM


@pytest.mark.nightly
def test_a_forecast_runs_in_two_kilobytes(samples: Path, tmp_path: Path) -> None:
    """After one epoch: weights take the same room however good they are."""
    folder = copy_sample(samples / "seattle_temperature", tmp_path / "seattle")
    with Project.open(folder) as project, project.step("Small board"):
        project.save_settings(dataclasses.replace(project.settings(TrainingSettings), epochs=1))
        chosen = dataclasses.replace(project.settings(ProjectSettings), board=BOARD, engine="c", code_option="size")
        project.save_settings(chosen)
    jobs.run("workbench.operations.train:train", folder)
    jobs.run("workbench.operations.compress:compress", folder)
    found = verify_model(folder, Verify(option="size"), job=jobs.QuietJob())
    assert found.core == "cortex-m0plus"
    assert found.bit_exact is True, found.difference
    assert found.windows_from == "the test split"
    with Project.open(folder) as project:
        variant = project.current_variant()
        assert variant is not None
        figures = fit_figures(project, variant, find_board(BOARD))
    assert figures.fits is True, figures.verdict
    assert figures.ram.source is Source.COMPILED and figures.latency.source is Source.EMULATED
