"""What fitting does to the project it is given."""

from __future__ import annotations

from pathlib import Path

from workbench.operations.fit import workable
from workbench.operations.settings import change_settings
from workbench.project import Project, ProjectSettings


def test_a_sample_is_worked_on_as_a_copy_that_goes_away(samples: Path) -> None:
    with workable(samples / "seattle_temperature") as folder:
        assert not folder.is_relative_to(samples)
        with Project.open(folder) as project:
            change_settings(project, ProjectSettings(board="pico"))
    assert not folder.exists()
    with workable(samples / "seattle_temperature") as again, Project.open(again) as project:
        assert project.settings(ProjectSettings).board == "nano33ble_sense"


def test_a_project_of_ones_own_is_worked_on_itself(wave_project: Path) -> None:
    with workable(wave_project) as folder:
        assert folder == wave_project
    assert folder.is_dir()
