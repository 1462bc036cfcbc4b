"""Importing: all that can be read in one step, or nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench import jobs
from workbench.errors import BadFile, BadSetting, NotPossible
from workbench.jobs import Cancelled, QuietJob
from workbench.operations.import_files import import_files
from workbench.operations.outcome import Topic
from workbench.project import Project
from workbench.project.importers import ImportOptions

RATE = ImportOptions(rate_hz=50.0)


class CancelledLater(QuietJob):
    """Somebody loses patience at the n-th sign of progress."""

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def progress(self, text: str, fraction: float | None = None) -> None:
        self.patience -= 1
        if self.patience < 0:
            raise Cancelled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Project.create(tmp_path / "project", "x").close()
    return tmp_path / "project"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    root = tmp_path / "files"
    for label in ("idle", "run"):
        (root / label).mkdir(parents=True)
        for number in range(3):
            np.savetxt(root / label / f"{number}.csv", np.full((10, 2), number), delimiter=",")
    (root / "run" / "broken.csv").write_text("nothing\n")
    for number in range(3):
        Image.new("L", (4 + number, 4)).save(root / "run" / f"p{number}.png")
    (root / "segments.csv").write_text("time,ax,label\n" + "".join(f"{n / 50},1,{n // 5}\n" for n in range(20)))
    return root


def test_everything_that_can_be_read_in_one_step(folder: Path, files: Path) -> None:
    with Project.open(folder) as project:
        outcome = jobs.run("workbench.operations.import_files:import_files", folder, [files], RATE)
        assert outcome.value.files == 10
        assert outcome.changed == {Topic.RECORDINGS, Topic.SEGMENTS}
        assert len(outcome.messages) == 1
        assert "broken.csv" in outcome.messages[0]
        recordings = project.recordings()
        assert tuple(one.id for one in recordings) == outcome.value.recording_ids
        assert sorted(one.label for one in recordings) == [""] + ["idle"] * 3 + ["run"] * 6
        for one in recordings:
            shape = one.shape or (one.rows, len(one.channels))
            assert project.samples(one).shape == shape
        assert [(one.start, one.stop, one.label) for one in project.segments()] == [
            (0, 5, "0"),
            (5, 10, "1"),
            (10, 15, "2"),
            (15, 20, "3"),
        ]
        # What the child did can be undone here.
        assert project.undo_title == "Import 10 files"
        project.undo()
        assert project.recordings() == []
    with Project.open(folder) as project:
        assert project.recordings() == []
        assert list((folder / "samples").iterdir()) == []


@pytest.mark.parametrize("patience", [0, 1, 4, 10])
def test_cancelling_leaves_nothing(folder: Path, files: Path, patience: int) -> None:
    with pytest.raises(Cancelled):
        import_files(folder, [files], RATE, job=CancelledLater(patience))
    assert list((folder / "samples").iterdir()) == []
    with Project.open(folder) as project:
        assert project.recordings() == []
        assert project.recovered == ()


def test_when_nothing_can_be_read_it_is_an_error(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.npy").touch()
    for paths in ([tmp_path / "nowhere"], [tmp_path / "a.npy"], []):
        with pytest.raises(BadFile, match="Nothing could be imported"):
            import_files(folder, paths, RATE, job=QuietJob())
    with pytest.raises(BadSetting):
        import_files(folder, [tmp_path], ImportOptions(rate_hz=-1.0), job=QuietJob())
    with Project.open(folder) as project:
        assert project.recordings() == []
        assert project.undo_title is None


def test_a_sample_is_not_changed(samples: Path, files: Path) -> None:
    with pytest.raises(NotPossible, match="read-only"):
        import_files(samples / "seattle_temperature", [files], RATE, job=QuietJob())


def test_files_imported_twice_are_told(folder: Path, files: Path) -> None:
    import_files(folder, [files / "idle"], RATE, job=QuietJob())
    again = import_files(folder, [files / "idle"], RATE, job=QuietJob())
    assert again.messages == ("Files that were imported before and are in the project twice now: 3.",)


def test_a_full_disk_is_told_and_leaves_nothing(folder: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.operations.import_files.write_pictures", no_room)
    with pytest.raises(NotPossible, match="No space left"):
        import_files(folder, [files], RATE, job=QuietJob())
    assert list((folder / "samples").iterdir()) == []
