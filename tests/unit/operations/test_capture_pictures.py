"""Pictures and sound of a simulated board become recordings, whatever dies on the way."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workbench.capture.link import Link
from workbench.capture.session import CaptureSession
from workbench.capture.simulated_board import SimulatedBoard, Simulation
from workbench.capture.status import TakeStage
from workbench.capture.take_settings import TakeSettings
from workbench.errors import BadSetting, NotPossible, PortError
from workbench.jobs import QuietJob
from workbench.operations import capture, unattended
from workbench.operations.history import undo
from workbench.operations.unattended import capture_pictures
from workbench.project import Project

SHAPE = (96, 96, 1)

THREE = TakeSettings(pictures=3, every_s=0.02)


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it did not happen within 60 s"
        time.sleep(0.01)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Project.create(tmp_path / "seen", "seen").close()
    return tmp_path / "seen"


def test_each_picture_is_a_recording_and_the_take_is_one_step(folder: Path) -> None:
    with (
        Project.open(folder) as project,
        SimulatedBoard(Simulation(signal="pictures", rate_hz=50)) as board,
        CaptureSession.start(board.port, 115_200) as session,
    ):
        wait_for(lambda: session.picture_after(0) is not None)
        seen = session.picture_after(0)
        assert seen is not None and seen.pixels.shape == SHAPE
        assert session.picture_after(seen.number) is None or session.picture_after(0) is not None
        for _ in range(2):
            capture.begin_pictures(project, session, " person ", {"session": "a"}, count=4, every_s=0.05)
            wait_for(lambda: session.status().take_number == session.take_number)
            wait_for(lambda: session.status().take_stage is TakeStage.COMPLETE)
            capture.end_take(project, session)
        recordings = project.recordings()
        assert [one.name for one in recordings] == [f"person {number}" for number in range(1, 9)]
        assert {(one.kind, one.label, one.shape) for one in recordings} == {("picture", "person", SHAPE)}
        assert recordings[0].metadata == {"session": "a"}
        pictures = [project.samples(one) for one in recordings]
        assert all(picture.max() == 230 for picture in pictures), "the disc is in all of them"
        assert all((a != b).any() for a, b in itertools.pairwise(pictures)), "no picture comes twice"
        undo(project)
        assert len(project.recordings()) == 4


def test_pictures_that_everything_died_on_are_adopted_on_the_next_opening(folder: Path) -> None:
    with (
        SimulatedBoard(Simulation(signal="pictures", rate_hz=50)) as board,
        CaptureSession.start(board.port, 115_200) as session,
    ):
        with Project.open(folder) as project:
            wait_for(lambda: session.picture_after(0) is not None)
            capture.begin_pictures(project, session, "person", {"session": "a"}, count=0, every_s=0.0)
            wait_for(lambda: (session.status().recording_rows or 0) >= 5)
            os.kill(session._process.pid or 0, signal.SIGKILL)
            wait_for(lambda: not session._process.is_alive())
        with Project.open(folder) as project:
            recordings = project.recordings()
            assert len(recordings) >= 5
            assert {(one.label, one.metadata["session"], one.source) for one in recordings} == {
                ("person", "a", board.port)
            }
            assert project.samples(recordings[-1]).shape == SHAPE


def test_the_command_line_takes_as_many_as_were_asked_for(folder: Path) -> None:
    with SimulatedBoard(Simulation(signal="pictures", rate_hz=50, colour=True)) as board:
        outcome = capture_pictures(folder, Link(board.port), THREE, label="cat", job=QuietJob())
    assert outcome.value.pictures == 3
    with Project.open(folder) as project:
        assert [one.shape for one in project.recordings()] == [(96, 96, 3)] * 3


def test_readings_are_no_pictures_and_bounds_hold(folder: Path) -> None:
    with SimulatedBoard(Simulation()) as board, pytest.raises(PortError, match="no pictures"):
        capture_pictures(folder, Link(board.port), THREE, job=QuietJob())
    with SimulatedBoard(Simulation(signal="pictures")) as board, pytest.raises(PortError, match="no readings"):
        unattended.capture(folder, Link(board.port), TakeSettings(length_s=3.0), job=QuietJob())
    with pytest.raises(BadSetting):
        capture_pictures(folder, Link("x"), TakeSettings(pictures=0), job=QuietJob())
    with pytest.raises(BadSetting):
        capture_pictures(folder, Link("x"), TakeSettings(every_s=-1.0), job=QuietJob())


def test_motion_and_sound_of_one_link_become_two_recordings_of_one_take(folder: Path) -> None:
    with (
        Project.open(folder) as project,
        SimulatedBoard(Simulation(signal="fan and sound")) as board,
        CaptureSession.start(board.port, 115_200) as session,
    ):
        wait_for(lambda: session.status().streams == ("ax, ay, az", "sound") and session.status().rate_hz is not None)
        capture.begin_take(project, session, "high", seconds=1.5)
        with pytest.raises(NotPossible, match="take is running"):
            session.show_stream(1)
        wait_for(lambda: session.status().take_stage is TakeStage.COMPLETE)
        capture.end_take(project, session)
        motion, sound = sorted(project.recordings(), key=lambda one: one.rows)
        assert (motion.name, sound.name) == ("high 1", "high 1, sound")
        assert motion.rate_hz == pytest.approx(200, rel=1e-3)
        assert sound.rate_hz == pytest.approx(16_000, rel=1e-3)
        assert motion.rows == 300
        assert sound.seconds == pytest.approx(1.5, abs=0.4)  # to a read and a block; this computer may be busy
        assert np.abs(project.samples(sound)).max() < 1.0
        session.show_stream(1)
        wait_for(lambda: [one.name for one in session.status().channels] == ["sound"])
        with pytest.raises(NotPossible, match="no such stream"):
            session.show_stream(2)
