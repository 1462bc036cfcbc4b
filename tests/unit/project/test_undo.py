"""Undo and redo, step by step."""

from __future__ import annotations

import pytest

from workbench.project import Project, ProjectSettings


def state(project: Project) -> tuple[object, ...]:
    return project.recordings(), project.segments(), project.settings(ProjectSettings)


def test_every_step_can_be_taken_back_and_done_again(project: Project, add_series) -> None:
    states = [state(project)]
    key = add_series(project)
    states.append(state(project))

    def step(title: str, action) -> None:
        with project.step(title):
            action()
        states.append(state(project))

    step("Segments", lambda: [project.add_segment(key, 0, 3, "a"), project.add_segment(key, 4, 6, "b")])
    step("Relabel", lambda: project.update_recording(key, label="x", metadata={"k": "v"}))
    step("Move", lambda: project.update_segment(1, start=1, stop=2))
    step("Settings", lambda: project.save_settings(ProjectSettings(board="pico")))
    step("Settings again", lambda: project.save_settings(ProjectSettings(board="pico2")))
    step("Remove", lambda: project.remove_recordings([key]))
    assert project.recordings() == project.segments() == []

    for before in reversed(states[:-1]):
        assert project.undo() is not None
        assert state(project) == before
    assert project.undo() is None
    for after in states[1:]:
        assert project.redo() is not None
        assert state(project) == after
    assert project.redo() is None


def test_titles_and_tables_are_told(project: Project, add_series) -> None:
    key = add_series(project)
    with project.step("Label it"):
        project.add_segment(key, 0, 3, "a")
        project.update_recording(key, label="b")
    assert (project.undo_title, project.redo_title) == ("Label it", None)
    assert project.undo() == {"segments", "recordings"}
    assert (project.undo_title, project.redo_title) == ("Add", "Label it")


def test_a_new_step_ends_what_could_be_redone(project: Project, add_series) -> None:
    key = add_series(project)
    with project.step("One"):
        project.update_recording(key, label="one")
    project.undo()
    with project.step("Two"):
        project.update_recording(key, label="two")
    assert project.redo_title is None
    assert project.redo() is None
    assert project.recording(key).label == "two"


def test_a_step_that_changes_nothing_is_no_step(project: Project, add_series) -> None:
    key = add_series(project)
    project.undo()
    project.redo()
    with project.step("Nothing"):
        project.update_recording(key, label="up")
    assert project.undo_title == "Add"


def test_a_step_inside_a_step_belongs_to_the_outer_one(project: Project, add_series) -> None:
    key = add_series(project)
    with project.step("Outer"):
        with project.step("Inner"):
            project.update_recording(key, label="inner")
        project.update_recording(key, name="outer")
    assert project.undo_title == "Outer"
    project.undo()
    assert (project.recording(key).label, project.recording(key).name) == ("up", "wave")


def test_old_steps_are_forgotten(project: Project, add_series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.project.undo._MOST_STEPS", 3)
    key = add_series(project)
    for number in range(5):
        with project.step(f"Step {number}"):
            project.update_recording(key, label=str(number))
    assert [project.undo_title for _ in range(5) if project.undo() is not None][-1] is None
    assert project.recording(key).label == "1"


def test_opening_starts_with_nothing_to_undo(project: Project, add_series) -> None:
    add_series(project)
    project.close()
    with Project.open(project.folder) as again:
        assert again.undo_title is None
        assert again.undo() is None


def test_undone_recordings_lose_their_file_at_the_next_opening(project: Project, add_series) -> None:
    kept, undone = add_series(project), add_series(project)
    files = [project.path(project.recording(key).file) for key in (kept, undone)]
    project.undo()
    assert all(file.exists() for file in files)  # redo needs it
    project.close()
    with Project.open(project.folder) as again:
        assert [one.id for one in again.recordings()] == [kept]
        assert again.recovered == ()
    assert [file.exists() for file in files] == [True, False]
