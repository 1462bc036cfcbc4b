"""A project opens after its program was killed, with whole imports, whole steps and nothing left over."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from workbench.project import Channel, Project
from workbench.project.pictures import write_pictures
from workbench.project.samples import FileDescription, SamplesWriter

CHILD = Path(__file__).with_name("killed_child.py")
FILES = 8
ABOUT = FileDescription((Channel("ax", "g"),), 50.0, "take 1", "up", {"subject": "01"}, "a port", "2026-01-01")


def kill_and_check(tmp_path: Path, rng: random.Random) -> int:
    """Kill a child after a random time; how many imports it had finished."""
    files = tmp_path / "files"
    files.mkdir()
    for number in range(FILES):
        np.savetxt(files / f"{number}.csv", np.full((10, 3), number), delimiter=",")
    folder = tmp_path / "project"
    Project.create(folder, "x").close()
    child = subprocess.Popen([sys.executable, str(CHILD), str(folder), str(files)], stdout=subprocess.PIPE)
    try:
        assert child.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.0, 0.6))  # the moment of the kill is what is tested
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    with Project.open(folder) as project:
        recordings = project.recordings()
        assert len(recordings) % FILES == 0
        for index, recording in enumerate(recordings):
            np.testing.assert_array_equal(project.samples(recording)[:, 0], [int(recording.name)] * 10)
            assert sorted(one.name for one in recordings).count(recording.name) == len(recordings) // FILES, index
        assert len(project.segments()) % 2 == 0
        assert project.recovered == ()
        assert len(list((folder / "samples").iterdir())) == len(recordings)
    return len(recordings) // FILES


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_a_random_moment(tmp_path: Path, seed: int) -> None:
    kill_and_check(tmp_path, random.Random(seed))


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_killed_at_many_random_moments(tmp_path: Path) -> None:
    finished = []
    for seed in range(50):
        folder = tmp_path / str(seed)
        folder.mkdir()
        finished.append(kill_and_check(folder, random.Random(1000 + seed)))
    assert len(set(finished)) > 1  # the moments were not all the same


def test_a_take_that_was_cut_off_is_adopted(project: Project) -> None:
    file = project.new_samples_file(keep_after_crash=True)
    values = np.arange(300, dtype=np.float32)[:, None]
    writer = SamplesWriter(project.path(file), ABOUT)
    writer.write(values[:200])
    writer.flush()
    torn = project.path(file).read_bytes()
    writer.close()
    project.path(file).write_bytes(torn + b"half a batch")
    project.close()
    with Project.open(project.folder) as again:
        (recording,) = again.recordings()
        assert (recording.name, recording.label, recording.rows, recording.rate_hz) == ("take 1", "up", 200, 50.0)
        assert (recording.metadata, recording.source, recording.created) == ({"subject": "01"}, "a port", "2026-01-01")
        assert "recovered" in recording.notes
        assert len(again.recovered) == 1
        assert "take 1" in again.recovered[0]
        np.testing.assert_array_equal(again.samples(recording), values[:200])
    with Project.open(project.folder) as once_more:
        assert len(once_more.recordings()) == 1
        assert once_more.recovered == ()


def test_pictures_without_an_entry_are_adopted(project: Project) -> None:
    file = project.new_samples_file(keep_after_crash=True)
    write_pictures(
        project.path(file), [("p1", "cat", np.full((2, 3, 1), 7, np.uint8)), ("p2", "dog", np.ones((4, 4, 3)))]
    )
    project.close()
    with Project.open(project.folder) as again:
        first, second = again.recordings()
        assert (first.label, first.shape, second.label, second.shape) == ("cat", (2, 3, 1), "dog", (4, 4, 3))
        np.testing.assert_array_equal(again.samples(first), np.full((2, 3, 1), 7))


def test_half_an_import_is_deleted(project: Project) -> None:
    file = project.new_samples_file(keep_after_crash=False)
    with SamplesWriter(project.path(file), ABOUT) as writer:
        writer.write(np.zeros((10, 1), np.float32))
    path = project.path(file)
    project.close()
    with Project.open(project.folder) as again:
        assert again.recordings() == []
        assert again.recovered == ()
    assert not path.exists()


def test_a_take_of_another_process_is_left_alone(project: Project) -> None:
    """Only the first process in a folder tidies it: the others must not adopt what is still being written."""
    file = project.new_samples_file(keep_after_crash=True)
    with SamplesWriter(project.path(file), ABOUT) as writer:
        writer.write(np.zeros((10, 1), np.float32))
        writer.flush()
        with Project.open(project.folder) as other:
            assert other.recordings() == []


def test_garbage_among_the_samples_is_told_and_kept(project: Project) -> None:
    garbage = project.folder / "samples" / "x.arrow"
    garbage.write_bytes(b"garbage")
    empty = project.folder / "samples" / "empty.arrow"
    empty.touch()
    project.close()
    with Project.open(project.folder) as again:
        assert again.recordings() == []
        assert len(again.recovered) == 1
        assert "x.arrow" in again.recovered[0]
    assert garbage.exists()
    assert not empty.exists()


@pytest.mark.parametrize("rate_hz", [0.0, -1.0, float("nan"), float("inf")])
def test_a_file_that_would_spoil_the_project_is_not_adopted(project: Project, rate_hz: float) -> None:
    file = project.new_samples_file(keep_after_crash=True)
    with SamplesWriter(project.path(file), FileDescription((Channel("ax"),), rate_hz)) as writer:
        writer.write(np.zeros((10, 1), np.float32))
    project.close()
    for _ in range(2):
        with Project.open(project.folder) as again:
            assert again.recordings() == []
            assert "no sampling rate" in again.recovered[0]
