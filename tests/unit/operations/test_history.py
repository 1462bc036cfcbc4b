"""Undo, redo, and settings that change."""

from __future__ import annotations

import pytest

from workbench.errors import BadSetting
from workbench.operations.history import redo, undo
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.recordings import relabel_recordings
from workbench.operations.settings import change_settings
from workbench.project import Project, ProjectSettings


def test_undo_and_redo_tell_what_they_did(project: Project) -> None:
    relabel_recordings(project, [1], "x")
    change_settings(project, ProjectSettings(board="pico"))
    assert undo(project) == Outcome("Change project settings", frozenset({Topic.SETTINGS}))
    assert project.settings(ProjectSettings) == ProjectSettings()
    assert undo(project) == Outcome("Relabel one recording", frozenset({Topic.RECORDINGS}))
    assert redo(project) == Outcome("Relabel one recording", frozenset({Topic.RECORDINGS}))
    assert project.recording(1).label == "x"


def test_with_nothing_to_take_back_it_is_said(project: Project) -> None:
    assert undo(project) == Outcome(None, messages=("There is nothing to undo.",))
    assert redo(project) == Outcome(None, messages=("There is nothing to redo.",))


def test_the_same_settings_are_no_step(project: Project) -> None:
    assert change_settings(project, ProjectSettings()).changed == frozenset()
    assert project.undo_title is None


def test_settings_out_of_bounds_are_refused(project: Project) -> None:
    with pytest.raises(BadSetting, match="Flash"):
        change_settings(project, ProjectSettings(firmware_flash_bytes=-1))
    assert project.settings(ProjectSettings) == ProjectSettings()
