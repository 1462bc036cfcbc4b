"""Captures without a window: one take, a series, what a trigger begins; from boards and from replayed logs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from workbench import jobs
from workbench.capture.link import Link, LinkSettings
from workbench.capture.simulated_board import SimulatedBoard, Simulation
from workbench.capture.take_settings import TakeSettings
from workbench.capture.wire.binary import BinaryFrame
from workbench.errors import BadSetting, NotPossible, PortError
from workbench.jobs import Cancelled, Progress, QuietJob
from workbench.operations import unattended
from workbench.operations.unattended import capture
from workbench.project import Project

AT_ONCE = LinkSettings(speed=0.0)
TO_THE_END = TakeSettings()
NOBODY = Link("/dev/tty-that-is-not")
RATE_HZ = 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Project.create(tmp_path / "fan", "fan").close()
    return tmp_path / "fan"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Ten seconds of a saw tooth that jumps to 1 each second, with stamps."""
    file = tmp_path / "board.log"
    lines = [
        f"10:00:{n // RATE_HZ:02}.{n * 1000 // RATE_HZ % 1000:03} -> {n},{n % RATE_HZ / RATE_HZ:.3f}"
        for n in range(10 * RATE_HZ)
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


def replay(log: Path) -> Link:
    return Link(f"replay:{log}", AT_ONCE)


def test_a_take_lasts_some_seconds_and_shows_progress(folder: Path, tmp_path: Path) -> None:
    progress: list[Progress] = []
    with SimulatedBoard(Simulation(rate_hz=300, boot_text=False)) as board:
        outcome = jobs.run(
            "workbench.operations.unattended:capture",
            folder,
            Link(board.port, raw_log=tmp_path / "raw.log"),
            TakeSettings(length_s=1.5, session="monday"),
            label="medium",
            on_event=lambda event: progress.append(event) if isinstance(event, Progress) else None,
        )
    with Project.open(folder) as project:
        recording = project.recording(outcome.value.recordings[0])
        values = project.samples(recording)
    assert (recording.label, recording.metadata) == ("medium", {"session": "monday"})
    assert recording.rate_hz is not None
    assert recording.rows == pytest.approx(1.5 * recording.rate_hz, abs=2)  # not when somebody looked at the clock
    fractions = [event.fraction for event in progress if event.fraction is not None]
    assert len(fractions) > 5
    assert fractions == sorted(fractions)

    assert "replay:" in outcome.messages[-1]
    again = capture(folder, Link(f"replay:{tmp_path / 'raw.log'}", AT_ONCE), TO_THE_END, job=QuietJob())
    with Project.open(folder) as project:
        replayed = project.recording(again.value.recordings[0])
        kept = project.samples(replayed)
    assert len(kept) >= len(values)
    assert any(np.array_equal(kept[at : at + len(values)], values) for at in range(len(kept) - len(values) + 1))
    assert replayed.rate_hz == pytest.approx(recording.rate_hz, rel=0.05)


def test_a_log_is_recorded_to_its_end_at_its_own_rate(folder: Path, log: Path) -> None:
    outcome = capture(folder, replay(log), TO_THE_END, label="saw", job=QuietJob())
    with Project.open(folder) as project:
        (recording,) = project.recordings()
        assert project.samples(recording)[:, 0].tolist() == list(range(1, 10 * RATE_HZ))  # the first line may be cut
    assert outcome.value.recordings == (recording.id,)
    assert recording.rate_hz == pytest.approx(RATE_HZ, rel=1e-3)
    assert "time stamps of the log" in recording.notes
    assert recording.source == f"replay:{log}"
    assert (outcome.value.status.frames, outcome.value.status.driver_drops) == (10 * RATE_HZ - 1, None)


def test_what_has_come_is_kept_when_one_has_seen_enough(folder: Path, log: Path) -> None:
    class Impatient(QuietJob):
        cancelled = False

        def progress(self, text: str, fraction: float | None = None) -> None:
            self.cancelled = text.startswith("Recording")

    with pytest.raises(Cancelled):
        capture(folder, Link(f"replay:{log}", LinkSettings(speed=20.0)), TO_THE_END, label="saw", job=Impatient())
    with Project.open(folder) as project:
        (kept,) = project.recordings()
    assert kept.label == "saw"
    assert kept.rows > 0
    assert "crash" not in kept.notes


def test_a_series_that_a_trigger_begins(folder: Path, log: Path) -> None:
    series = TakeSettings(length_s=0.25, takes=3, start="above", channel="v", level=0.5, before_s=0.1, placement="desk")
    link = Link(f"replay:{log}", LinkSettings(speed=0.0, channel_names=("n", "v (V)")))
    outcome = capture(folder, link, series, label="tooth", metadata={"subject": "kim"}, job=QuietJob())
    with Project.open(folder) as project:
        recordings = project.recordings()
        takes = [project.samples(one) for one in recordings]
    assert outcome.value.recordings == tuple(one.id for one in recordings)
    assert [one.name for one in recordings] == ["tooth 1", "tooth 2", "tooth 3"]
    assert recordings[0].metadata == {"subject": "kim", "placement": "desk"}
    assert [(one.name, one.unit) for one in recordings[0].channels] == [("n", ""), ("v", "V")]
    for values in takes:
        assert len(values) == 0.35 * RATE_HZ
        assert values[20, 1] == pytest.approx(0.505)  # the first beyond the level, behind 0.1 s


def test_a_series_ends_with_its_log_and_says_so(folder: Path, log: Path) -> None:
    outcome = capture(folder, replay(log), TakeSettings(length_s=3.0, takes=9), job=QuietJob())
    with Project.open(folder) as project:
        assert 2 <= len(project.recordings()) < 9
    assert "of 9 takes were recorded" in outcome.messages[-1]


def test_a_layout_of_binary_frames_that_nobody_could_guess(folder: Path, tmp_path: Path) -> None:
    numbers = np.arange(4000, dtype=">u2").reshape(-1, 2)
    frames = b"".join(b"\x42" + row.tobytes() for row in numbers)
    (tmp_path / "board.bin").write_bytes(frames)
    frame = BinaryFrame(sync="42", kind="uint16", channels=2, little_endian=False)
    link = Link(f"replay:{tmp_path / 'board.bin'}", LinkSettings(speed=0.0, format="binary"), frame)
    outcome = capture(folder, link, TO_THE_END, job=QuietJob())
    with Project.open(folder) as project:
        values = project.samples(project.recording(outcome.value.recordings[0]))
    assert values.tolist() == numbers.tolist()


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), 1e9])
def test_an_impossible_length_is_refused(folder: Path, seconds: float) -> None:
    with pytest.raises(BadSetting):
        capture(folder, NOBODY, TakeSettings(length_s=seconds), job=QuietJob())


def test_a_port_that_does_not_open_is_one_message_and_changes_nothing(folder: Path) -> None:
    with pytest.raises(PortError, match="no such port"):
        capture(folder, NOBODY, TakeSettings(length_s=1.0), job=QuietJob())
    with Project.open(folder) as project:
        assert project.recordings() == []


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), (b"", "is empty"), (b"no readings\n" * 50, "no readings")]
)
def test_a_log_that_is_none_is_one_message_and_changes_nothing(
    folder: Path, tmp_path: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "bad.log").write_bytes(content)
    with pytest.raises(PortError, match=words):
        capture(folder, replay(tmp_path / "bad.log"), TO_THE_END, job=QuietJob())
    with Project.open(folder) as project:
        assert project.recordings() == []


def test_a_raw_log_overwrites_nothing(folder: Path, log: Path) -> None:
    before = log.read_bytes()
    with pytest.raises(NotPossible, match="file of this name"):
        capture(folder, Link(f"replay:{log}", AT_ONCE, raw_log=log), TO_THE_END, job=QuietJob())
    assert log.read_bytes() == before


@pytest.mark.parametrize("names", [("1st",), ("a", "a"), ("",)])
def test_names_that_are_none(folder: Path, log: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(BadSetting, match="channel"):
        capture(folder, Link(f"replay:{log}", LinkSettings(channel_names=names)), TO_THE_END, job=QuietJob())


def test_a_port_that_sends_nothing_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unattended, "_WAIT_FOR_READINGS_S", 0.2)
    master, slave = os.openpty()
    try:
        with pytest.raises(PortError, match="No readings came"):
            capture(folder, Link(os.ttyname(slave)), TakeSettings(length_s=1.0), job=QuietJob())
    finally:
        os.close(master)
        os.close(slave)


def test_a_sample_project_is_not_recorded_into(samples: Path) -> None:
    with pytest.raises(NotPossible, match="read-only"):
        capture(samples / "fan_simulated", NOBODY, TakeSettings(length_s=1.0), job=QuietJob())
