"""The simulated board sends what it is told to, and breaks as it is told to."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from workbench.capture import simulated_firmware
from workbench.capture.fan_simulation import CHANNELS
from workbench.capture.session import CaptureSession
from workbench.capture.simulated_board import SimulatedBoard, Simulation
from workbench.capture.simulated_firmware import Firmware
from workbench.errors import BadProject, BadSetting
from workbench.fields import to_json
from workbench.project import Channel, Project
from workbench.project.samples import FileDescription, SamplesWriter

if TYPE_CHECKING:
    from tests.unit.capture.conftest import Until


class Cable:
    """The end of the cable in the test's hands."""

    def __init__(self) -> None:
        self.open = True
        self.sent = b""

    def plugged_in(self) -> bool:
        return self.open

    def send(self, data: bytes) -> int:
        self.sent += data
        return len(data)


def output(simulation: Simulation, seconds: float) -> bytes:
    now = itertools.count()
    cable = Cable()
    firmware = Firmware(cable, to_json(simulation) | {"seed": 1}, clock=lambda: next(now) * 0.01)
    for _ in range(round(seconds * 100)):
        firmware.tick()
    return cable.sent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "p", "p") as project, project.step("fill"):
        for number, label in enumerate(["still", "wave"]):
            file = project.new_samples_file(keep_after_crash=True)
            channels = (Channel("x", "g"), Channel("y"))
            rows = np.arange(10, dtype=np.float32)[:, None] + [[0, 100 * number]]
            with SamplesWriter(project.path(file), FileDescription(channels, 20.0)) as writer:
                writer.write(rows)
            project.add_recording(name=label, channels=channels, rate_hz=20.0, rows=10, file=file, label=label)
    return tmp_path / "p"


def test_it_boots_names_its_channels_and_keeps_the_rate() -> None:
    lines = output(Simulation(rate_hz=50), 4.0).decode().splitlines()
    assert lines[0] == "" and "boot" in lines[1]
    header = lines.index("ax (g),ay (g),az (g)")
    readings = [[float(word) for word in line.split(",")] for line in lines[header + 1 :]]
    assert len(readings) == pytest.approx((4 - 0.2) * 50, abs=5)  # it takes a fifth of a second to start
    assert {len(reading) for reading in readings} == {len(CHANNELS)}


@pytest.mark.parametrize(("name", "separator"), [("semicolon", ";"), ("tab", "\t"), ("space", " ")])
def test_separators(name: str, separator: str) -> None:
    lines = output(Simulation(separator=name, boot_text=False), 1.0).decode().splitlines()
    assert lines[5].count(separator) == 2


def test_recordings_of_a_project_come_in_turn_at_their_rate(project: Path) -> None:
    lines = output(Simulation(signal="project", project=str(project), boot_text=False), 3.0).decode().splitlines()
    assert lines[0] == "x (g),y"
    assert lines[1:4] == ["0,0", "1,1", "2,2"]
    assert lines[11:14] == ["0,100", "1,101", "2,102"]
    assert len(lines) == pytest.approx(3 * 20, abs=4)


def test_only_one_label(project: Path) -> None:
    simulation = Simulation(signal="project", project=str(project), label="wave", boot_text=False)
    assert output(simulation, 1.0).decode().splitlines()[1] == "0,100"


def test_faults() -> None:
    whole = output(Simulation(rate_hz=100), 10.0)
    cut = output(Simulation(rate_hz=100, cuts_per_minute=600), 10.0)
    assert sum(line.count(b",") < 2 for line in cut.splitlines()[6:]) > 20
    noisy = output(Simulation(rate_hz=100, noise_per_minute=600), 10.0)
    assert sum(byte >= 0x80 for byte in noisy) > 100 > sum(byte >= 0x80 for byte in whole)
    stalled = output(Simulation(rate_hz=100, stall_every_s=2), 10.0)
    assert len(stalled.splitlines()) < 0.7 * len(whole.splitlines())
    assert output(Simulation(rate_hz=100, reboot_every_s=3), 10.0).count(b"ready") == 4


def test_it_boots_when_the_port_is_opened() -> None:
    cable = Cable()
    now = itertools.count()
    firmware = Firmware(cable, to_json(Simulation()), clock=lambda: next(now) * 0.01)
    cable.open = False
    for _ in range(100):
        firmware.tick()
    assert cable.sent == b""
    cable.open = True
    firmware.tick()
    assert cable.sent == b"", "the host empties its input buffer first"
    for _ in range(12):
        firmware.tick()
    assert b"ready" in cable.sent


@pytest.mark.parametrize("pseudo_terminal", [True, False])
def test_a_session_reads_it_like_any_board(project: Path, until: Until, pseudo_terminal: bool) -> None:
    simulation = Simulation(signal="project", project=str(project), rate_hz=500)
    with (
        SimulatedBoard(simulation, pseudo_terminal=pseudo_terminal) as board,
        CaptureSession.start(board.port, 115_200) as session,
    ):
        until(lambda: session.status().frames > 300)
        status = session.status()
        values, _ = session.latest(100)
        assert board.problem == ""
    assert status.channels == (Channel("x", "g"), Channel("y"))
    assert status.bad_lines == 0
    assert set(np.unique(values[:, 0])) == set(range(10))


def test_a_project_that_cannot_be_sent_is_named(tmp_path: Path, until: Until) -> None:
    with SimulatedBoard(Simulation(signal="project", project=str(tmp_path))) as board:
        until(lambda: board.problem != "")
        assert "no project" in board.problem
        with pytest.raises(BadProject):
            board.wait_until_ready()
    with pytest.raises(BadSetting, match="project"):
        SimulatedBoard(Simulation(signal="project"))
    with pytest.raises(BadSetting):
        SimulatedBoard(Simulation(rate_hz=-1.0))


def test_it_shares_no_code_with_the_parsers() -> None:
    source = Path(simulated_firmware.__file__).read_text(encoding="utf-8")
    assert "wire" not in source
