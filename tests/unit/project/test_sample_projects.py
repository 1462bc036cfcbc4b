"""The samples that come with the program."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from workbench.dataset.settings import SplitSettings, TargetSettings
from workbench.project import Project, ProjectSettings

NAMES = ("shoulder_exercises", "seattle_temperature", "fashion_pictures", "fan_simulated")


@pytest.mark.parametrize("name", NAMES)
def test_sizes_and_credits(samples: Path, name: str) -> None:
    folder = samples / name
    kept = [file for file in folder.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in kept) <= 4e6
    assert not [file for file in kept if file.name.endswith(("-wal", "-shm", ".lock"))]
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "**Credit:**" in readme or name == "fan_simulated"
    assert (folder / "LICENSE.txt").is_file() or name == "fan_simulated"


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_whole(samples: Path, name: str) -> None:
    with Project.open(samples / name) as project:
        assert project.settings(ProjectSettings).description
        assert project.undo_title is None
        for recording in project.recordings():
            values = project.samples(recording)
            assert values.shape == (recording.shape or (recording.rows, len(recording.channels)))
            assert np.isfinite(values).all()


def test_shoulder_exercises(samples: Path) -> None:
    with Project.open(samples / "shoulder_exercises") as project:
        recordings = project.recordings()
        assert len(recordings) == 140
        assert Counter(one.metadata["subject"] for one in recordings) == {f"{n:02d}": 14 for n in range(1, 11)}
        assert {one.metadata["side"] for one in recordings} == {"left", "right"}
        assert len(project.recording_labels()) == 7
        assert {one.rate_hz for one in recordings} == {50.0}
        assert [channel.unit for channel in recordings[0].channels] == ["g"] * 3 + ["rad/s"] * 3
        assert project.settings(SplitSettings).by == "subject"


@pytest.mark.nightly  # importing seglearn takes seconds
def test_shoulder_exercises_lose_next_to_nothing(samples: Path) -> None:
    from seglearn.datasets import load_watch

    data = load_watch()
    with Project.open(samples / "shoulder_exercises") as project:
        stored = {
            (int(one.metadata["subject"]), one.metadata["side"], one.rows): project.samples(one)
            for one in project.recordings()
        }
    for values, subject, side in zip(data["X"], data["subject"], data["side"], strict=True):
        error = np.abs(stored[subject, "right" if side else "left", len(values)] - values).max(axis=0)
        assert (error[:3] < 1e-4).all()  # g
        assert (error[3:] < 5e-4).all()  # rad/s


def test_seattle_temperature(samples: Path) -> None:
    with Project.open(samples / "seattle_temperature") as project:
        recordings = project.recordings()
        assert len(recordings) == 52
        assert {one.rows for one in recordings} == {168}
        values = np.concatenate([project.samples(one) for one in recordings])
        assert -5 < values.min() < values.max() < 40  # °C, not °F
        target = project.settings(TargetSettings)
        assert (target.task, target.source, target.channel) == ("regression", "channel", "temperature")
        assert project.settings(SplitSettings).by == "week"


def test_fashion_pictures(samples: Path) -> None:
    with Project.open(samples / "fashion_pictures") as project:
        assert Counter(one.label for one in project.recordings()).most_common(1)[0][1] == 100
        assert len(project.recordings()) == 1000


def test_the_simulated_fan_says_so_everywhere(samples: Path) -> None:
    with Project.open(samples / "fan_simulated") as project:
        assert "SIMULATED" in project.settings(ProjectSettings).description
        assert "simulated" in project.name
        for one in project.recordings():
            assert one.metadata["simulated"] == "yes"
            assert "SIMULATED" in one.source
            assert "simulated" in one.name
        assert project.settings(SplitSettings).by == "session"
    assert "not measured" in (samples / "fan_simulated" / "README.md").read_text(encoding="utf-8")
