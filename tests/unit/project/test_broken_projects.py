"""A folder that is no sound project gives one BadProject and stays as it is."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from workbench.errors import BadProject
from workbench.project import Project, ProjectSettings
from workbench.project.schema import STEPS, VERSION, statements

HERE = Path(__file__).parent


def change(folder: Path, command: str, *values: str) -> None:
    database = sqlite3.connect(folder / "project.db", isolation_level=None)
    database.execute("PRAGMA ignore_check_constraints = ON")
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute(command, values)
    database.close()


@pytest.fixture
def saved(project: Project, add_series) -> Path:
    """The folder of a closed project with one recording and one segment."""
    key = add_series(project)
    with project.step("Label"):
        project.add_segment(key, 0, 3, "a")
        project.save_settings(ProjectSettings(board="pico"))
    project.close()
    return project.folder


def test_no_database(tmp_path: Path) -> None:
    with pytest.raises(BadProject, match="no project"):
        Project.open(tmp_path)
    with pytest.raises(BadProject, match="no project"):
        Project.open(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + bytes(4000)])
def test_a_file_that_is_no_database(saved: Path, content: bytes) -> None:
    (saved / "project.db").write_bytes(content)
    with pytest.raises(BadProject):
        Project.open(saved)
    assert (saved / "project.db").read_bytes() == content


def test_a_database_of_another_program(tmp_path: Path) -> None:
    change(tmp_path, "CREATE TABLE songs (title TEXT)")
    with pytest.raises(BadProject, match="not one of a project"):
        Project.open(tmp_path)


def test_a_newer_format(saved: Path) -> None:
    change(saved, f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(BadProject, match="newer program"):
        Project.open(saved)


@pytest.mark.parametrize(
    "command",
    [
        "DROP TABLE segments",
        "CREATE TRIGGER evil AFTER INSERT ON segments BEGIN DELETE FROM recordings; END",
        "CREATE VIEW songs AS SELECT * FROM recordings",
    ],
)
def test_tables_that_are_not_ours(saved: Path, command: str) -> None:
    change(saved, command)
    with pytest.raises(BadProject, match="tables it should have"):
        Project.open(saved)


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE recordings SET file = '../../etc/passwd'",
        "UPDATE recordings SET file = '/etc/passwd'",
        "UPDATE recordings SET channels = 'not json'",
        "UPDATE recordings SET channels = '[]'",
        "UPDATE recordings SET channels = '[[1]]'",
        "UPDATE recordings SET rate_hz = -1",
        "UPDATE recordings SET rate_hz = NULL",
        "UPDATE recordings SET rows = -5",
        "UPDATE recordings SET rows = 'many'",
        "UPDATE recordings SET metadata = '[]'",
        "UPDATE recordings SET shape = '[1, 2, 3]'",
        "UPDATE recordings SET label = x'00ff'",
        "UPDATE segments SET start = 'x'",
        "UPDATE segments SET start = 3, stop = 2",
        "UPDATE segments SET stop = 11",
        "UPDATE segments SET recording_id = 99",
        "DELETE FROM about",
    ],
)
def test_damaged_entries(saved: Path, command: str) -> None:
    change(saved, command)
    with pytest.raises(BadProject):
        Project.open(saved)


def test_metadata_nested_without_end(saved: Path) -> None:
    change(saved, "UPDATE recordings SET metadata = ?", "[" * 100_000)
    with pytest.raises(BadProject):
        Project.open(saved)


@pytest.mark.parametrize("value", ["no json", "[1]", '{"board": 5}'])
def test_damaged_settings_are_told_when_they_are_read(saved: Path, value: str) -> None:
    change(saved, "UPDATE settings SET value = ?", value)
    with Project.open(saved) as project, pytest.raises(BadProject, match="ProjectSettings"):
        project.settings(ProjectSettings)


def test_any_damaged_page_is_one_message_or_none(saved: Path) -> None:
    """Bytes overwritten at random: BadProject, or a project whose entries can be read."""
    whole = (saved / "project.db").read_bytes()
    rng = random.Random(5)
    told = 0
    for _ in range(60):
        broken = bytearray(whole)
        start = rng.randrange(len(whole) - 64)
        broken[start : start + 64] = rng.randbytes(64)
        (saved / "project.db").write_bytes(broken)
        for left in saved.glob("project.db-*"):
            left.unlink()
        try:
            with Project.open(saved) as project:
                project.recordings()
        except BadProject:
            told += 1
    assert told > 0


def test_samples_that_are_gone_or_torn(saved: Path) -> None:
    file = next((saved / "samples").glob("*.arrow"))
    content = file.read_bytes()
    with Project.open(saved) as project:
        recording = project.recordings()[0]
        file.write_bytes(content[:100])
        with pytest.raises(BadProject, match="sample file"):
            project.samples(recording)
        file.unlink()
        with pytest.raises(BadProject, match="sample file"):
            project.samples(recording)


def test_fewer_rows_than_the_entry_says(saved: Path) -> None:
    change(saved, "UPDATE recordings SET rows = 1000")
    with Project.open(saved) as project, pytest.raises(BadProject, match="shorter"):
        project.samples(project.recordings()[0])


def test_other_channels_than_the_entry_says(saved: Path) -> None:
    change(saved, "UPDATE recordings SET channels = ?", json.dumps([["only", ""]]))
    with Project.open(saved) as project, pytest.raises(BadProject, match="other channels"):
        project.samples(project.recordings()[0])


def test_a_project_of_the_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "project.db", isolation_level=None)
    old.executescript((HERE / "version_1.sql").read_text())
    old.close()
    with Project.open(tmp_path) as project:
        assert project.name == "An old project"
        assert project.recording(7).metadata == {"subject": "01"}
        assert project.segments()[0].label == "up"
        assert project.settings(ProjectSettings).board == "pico"
        with project.step("Remove"):
            project.remove_recordings([7])
    with Project.open(tmp_path) as project:
        assert project.recordings() == []


def test_a_migration_that_fails_leaves_the_old_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = sqlite3.connect(tmp_path / "project.db", isolation_level=None)
    old.executescript((HERE / "version_1.sql").read_text())
    old.close()
    monkeypatch.setattr("workbench.project.schema.STEPS", (STEPS[0], "CREATE TABLE half (x); CREATE TABLE about (y);"))
    with pytest.raises(BadProject):
        Project.open(tmp_path)
    database = sqlite3.connect(tmp_path / "project.db")
    assert database.execute("PRAGMA user_version").fetchone()[0] == 1
    assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone()[0] == 0
    database.close()


def test_a_trigger_is_one_statement() -> None:
    assert [one.split()[:2] for one in statements(STEPS[1])] == [["CREATE", "TABLE"], ["CREATE", "TRIGGER"]]


def test_values_that_json_cannot_hold_exactly(project: Project, add_series) -> None:
    """A rate with all its digits comes back the same after undo and redo."""
    key = add_series(project, np.zeros((4, 1), np.float32))
    with project.step("Remove"):
        project.remove_recordings([key])
    change(project.folder, "UPDATE step_changes SET before = replace(before, '50.0', '58.999999999999986')")
    project.undo()
    assert project.recording(key).rate_hz == 58.999999999999986


@pytest.mark.parametrize(
    "entry",
    [
        "no JSON",
        "[]",
        '{"name": "a"}',
        '{"name": 1, "source": "", "sha256": "", "file": "models/given.keras"}',
        '{"name": "a", "source": "", "sha256": "", "file": "../elsewhere.keras"}',
        '{"name": "a", "source": "", "sha256": "", "file": "models/given.keras", "more": ""}',
    ],
)
def test_a_damaged_entry_of_the_given_model(saved: Path, entry: str) -> None:
    change(saved, "INSERT INTO about (key, value) VALUES ('model', ?)", entry)
    with pytest.raises(BadProject):
        Project.open(saved)
