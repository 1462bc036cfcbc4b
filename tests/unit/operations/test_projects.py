"""New projects, opening, copies of samples, what was open lately."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import settings
from workbench.errors import BadProject
from workbench.operations.projects import copy_sample, new_project, open_project, recent_projects, samples
from workbench.operations.settings import change_settings
from workbench.project import ProjectSettings


def test_a_new_project_opens_again_by_folder_or_database(tmp_path: Path) -> None:
    new_project(tmp_path / "a" / "b", "Mine").value.close()
    for path in (tmp_path / "a" / "b", tmp_path / "a" / "b" / "project.db"):
        with open_project(path).value as project:
            assert project.name == "Mine"


def test_recent_projects_are_those_that_are_still_there(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        new_project(tmp_path / name, name).value.close()
    open_project(tmp_path / "a").value.close()
    (tmp_path / "b" / "project.db").unlink()
    assert recent_projects() == [tmp_path / "a", tmp_path / "c"]


def test_a_broken_list_of_recent_projects_is_no_problem() -> None:
    settings.remember("recent_projects", {"not": "a list"})
    assert recent_projects() == []
    settings.remember("recent_projects", [5, "/nowhere"])
    assert recent_projects() == []


def test_opening_a_sample_opens_your_own_copy(samples: Path) -> None:
    opened = open_project(samples / "seattle_temperature")
    with opened.value as project:
        assert project.folder.is_relative_to(settings.projects_folder())
        assert str(project.folder) in opened.messages[0]
        change_settings(project, ProjectSettings(board="pico"))
    with open_project(samples / "seattle_temperature").value as project:  # the work goes on where it was
        assert project.settings(ProjectSettings).board == "pico"


def test_a_fresh_copy_gets_a_free_name_and_can_be_written(samples: Path, tmp_path: Path) -> None:
    first = copy_sample(samples / "seattle_temperature")
    second = copy_sample(samples / "seattle_temperature")
    assert [first.name, second.name] == ["seattle_temperature", "seattle_temperature-2"]
    third = copy_sample(samples / "seattle_temperature", tmp_path / "deep" / "third")
    with open_project(third).value as project:
        assert len(project.recordings()) == 52
        change_settings(project, ProjectSettings(board="pico"))
        assert len(project.samples(project.recordings()[0])) == 168
    assert [path.name for path in third.parent.iterdir()] == ["third"]  # nothing temporary is left


def test_a_copy_replaces_nothing(samples: Path, tmp_path: Path) -> None:
    with pytest.raises(BadProject, match="something already"):
        copy_sample(samples / "seattle_temperature", tmp_path)
    with pytest.raises(BadProject, match="no project"):
        copy_sample(tmp_path, tmp_path / "x")


def test_the_samples_are_listed() -> None:
    listed = {one.folder.name: one for one in samples()}
    assert set(listed) == {"shoulder_exercises", "seattle_temperature", "fashion_pictures", "fan_simulated"}
    assert all(one.name and one.description for one in listed.values())
