"""Segments on a recording of 100 rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import BadSetting, NotPossible
from workbench.operations.outcome import Topic
from workbench.operations.projects import copy_sample
from workbench.operations.segments import add_segment, move_segment, relabel_segment, remove_segments
from workbench.project import Project, Segment


def test_add_move_relabel_remove(project: Project) -> None:
    added = add_segment(project, 1, 10, 20, "jump")
    assert added.changed == {Topic.SEGMENTS}
    assert project.segments(1) == [Segment(added.value, 1, 10, 20, "jump")]
    move_segment(project, added.value, 30, 60)
    relabel_segment(project, added.value, " land ")
    assert project.segments() == [Segment(added.value, 1, 30, 60, "land")]
    assert project.segments(2) == []
    remove_segments(project, [added.value])
    assert project.segments() == []


@pytest.mark.parametrize(
    ("given", "kept"), [((-5, 10), (0, 10)), ((90, 500), (90, 100)), ((20, 10), (10, 20)), ((-9, 999), (0, 100))]
)
def test_what_lies_outside_is_cut_off(project: Project, given: tuple[int, int], kept: tuple[int, int]) -> None:
    key = add_segment(project, 1, *given, "x").value
    assert (project.segment(key).start, project.segment(key).stop) == kept
    move_segment(project, key, 40, 50)
    move_segment(project, key, *given)
    assert (project.segment(key).start, project.segment(key).stop) == kept


@pytest.mark.parametrize("given", [(5, 5), (100, 120), (-9, 0)])
def test_an_empty_segment_is_refused(project: Project, given: tuple[int, int]) -> None:
    with pytest.raises(BadSetting, match="outside"):
        add_segment(project, 1, *given, "x")


def test_a_segment_needs_a_label_and_a_recording(project: Project) -> None:
    with pytest.raises(BadSetting, match="label"):
        add_segment(project, 1, 0, 5, " ")
    with pytest.raises(BadSetting, match="99"):
        add_segment(project, 99, 0, 5, "x")
    with pytest.raises(BadSetting, match="99"):
        move_segment(project, 99, 0, 5)
    with pytest.raises(BadSetting, match="99"):
        relabel_segment(project, 99, "x")
    assert project.undo_title == "Import 2 files" or project.undo_title is None


def test_pictures_have_none(samples: Path, tmp_path: Path) -> None:
    copy = copy_sample(samples / "fashion_pictures", tmp_path / "copy")
    with Project.open(copy) as project, pytest.raises(NotPossible, match="picture"):
        add_segment(project, 1, 0, 1, "x")
