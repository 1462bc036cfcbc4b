"""Relabel, rename, describe, remove."""

from __future__ import annotations

import pytest

from workbench.errors import BadSetting
from workbench.operations.history import undo
from workbench.operations.outcome import Topic
from workbench.operations.recordings import relabel_recordings, remove_recordings, rename_recording, set_metadata
from workbench.operations.segments import add_segment
from workbench.project import Project


def test_relabel_many_at_once(project: Project) -> None:
    assert relabel_recordings(project, [1, 2], "  walk ").changed == {Topic.RECORDINGS}
    assert [one.label for one in project.recordings()] == ["walk", "walk"]
    assert undo(project).value == "Relabel 2 recordings"
    assert [one.label for one in project.recordings()] == ["idle", "run"]
    relabel_recordings(project, [1], "")
    assert project.recording(1).label == ""


def test_rename(project: Project) -> None:
    rename_recording(project, 1, "morning")
    assert project.recording(1).name == "morning"


def test_metadata_is_set_and_taken_away(project: Project) -> None:
    set_metadata(project, [1, 2], "subject", "Ann")
    set_metadata(project, [2], "session", "1")
    assert [one.metadata for one in project.recordings()] == [{"subject": "Ann"}, {"subject": "Ann", "session": "1"}]
    set_metadata(project, [1, 2], "subject", "")
    assert [one.metadata for one in project.recordings()] == [{}, {"session": "1"}]


def test_removed_recordings_come_back_with_their_segments(project: Project) -> None:
    add_segment(project, 1, 0, 10, "x")
    before = project.recordings(), project.segments()
    assert remove_recordings(project, [1]).changed == {Topic.RECORDINGS, Topic.SEGMENTS}
    assert ([one.id for one in project.recordings()], project.segments()) == ([2], [])
    undo(project)
    assert (project.recordings(), project.segments()) == before
    assert len(project.samples(project.recording(1))) == 100


@pytest.mark.parametrize("text", ["a\nb", "x" * 101, "\x00", "a\u202eb"])
def test_texts_that_cannot_be_shown_are_refused(project: Project, text: str) -> None:
    for action in (
        lambda: relabel_recordings(project, [1], text),
        lambda: rename_recording(project, 1, text),
        lambda: set_metadata(project, [1], "subject", text),
        lambda: set_metadata(project, [1], text, "x"),
    ):
        with pytest.raises(BadSetting):
            action()
    with pytest.raises(BadSetting):
        rename_recording(project, 1, " ")


def test_one_unknown_id_changes_nothing(project: Project) -> None:
    for action in (
        lambda: relabel_recordings(project, [1, 99], "x"),
        lambda: set_metadata(project, [1, 99], "k", "v"),
        lambda: remove_recordings(project, [1, 99]),
    ):
        with pytest.raises(BadSetting, match="99"):
            action()
    assert [(one.label, one.metadata) for one in project.recordings()] == [("idle", {}), ("run", {})]
