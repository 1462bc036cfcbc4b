"""Takes become recordings of the project, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.capture.session import CaptureSession
from workbench.capture.simulated_board import SimulatedBoard, Simulation
from workbench.errors import BadSetting, NotPossible
from workbench.operations import capture
from workbench.operations.history import undo
from workbench.operations.outcome import Topic
from workbench.project import Channel, Project


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it did not happen within 60 s"
        time.sleep(0.01)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Project.create(tmp_path / "fan", "fan").close()
    return tmp_path / "fan"


def test_takes_become_recordings_with_label_metadata_rate_and_undo(folder: Path) -> None:
    with (
        Project.open(folder) as project,
        SimulatedBoard(Simulation(rate_hz=400)) as board,
        CaptureSession.start(board.port, 115_200) as session,
    ):
        wait_for(lambda: session.status().rate_hz is not None)
        for _ in range(2):
            assert capture.begin_take(project, session, " high ", {"session": "monday"}).changed == frozenset()
            wait_for(lambda: (session.status().recording_rows or 0) > 100)
            outcome = capture.end_take(project, session)
            assert outcome.changed == {Topic.RECORDINGS}
        first, second = project.recordings()
        assert (first.name, second.name) == ("high 1", "high 2")
        assert (second.label, second.metadata, second.id) == ("high", {"session": "monday"}, outcome.value)
        assert second.channels == (Channel("ax", "g"), Channel("ay", "g"), Channel("az", "g"))
        assert second.rate_hz == pytest.approx(400, rel=0.2)  # this computer may be busy
        assert "computer's clock" in second.notes
        assert project.samples(second).shape == (second.rows, 3)
        undo(project)
        assert [recording.name for recording in project.recordings()] == ["high 1"]


def test_a_take_that_everything_died_on_is_adopted_on_the_next_opening(folder: Path) -> None:
    with SimulatedBoard(Simulation(rate_hz=400)) as board, CaptureSession.start(board.port, 115_200) as session:
        with Project.open(folder) as project:
            wait_for(lambda: session.status().rate_hz is not None)
            capture.begin_take(project, session, "high", {"session": "monday"})
            wait_for(lambda: (session.status().recording_rows or 0) > 400)
            os.kill(session._process.pid or 0, signal.SIGKILL)
            wait_for(lambda: not session._process.is_alive())
        with Project.open(folder) as project:
            (recording,) = project.recordings()
            assert project.recovered
            assert (recording.name, recording.label, recording.metadata) == ("high 1", "high", {"session": "monday"})
            assert recording.rows > 100
            assert project.samples(recording).shape == (recording.rows, 3)


def test_a_label_that_cannot_be_shown_starts_nothing(folder: Path) -> None:
    with Project.open(folder) as project, CaptureSession.start("/dev/tty-that-is-not", 9600) as session:
        with pytest.raises(BadSetting, match="label"):
            capture.begin_take(project, session, "wa\nve")
        with pytest.raises(BadSetting, match="metadata"):
            capture.begin_take(project, session, "wave", {"": "x"})
        with pytest.raises(NotPossible, match="No take"):
            capture.end_take(project, session)
        assert project.recordings() == []
