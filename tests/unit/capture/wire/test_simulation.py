"""The simulated board speaks every format, and what it says is found out and understood."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys

import pytest

from workbench.capture.fan_simulation import CHANNELS
from workbench.capture.simulated_board import Simulation
from workbench.capture.simulated_firmware import Firmware
from workbench.capture.simulated_formats import FORMATS
from workbench.capture.wire.detect import AutoDetect
from workbench.fields import to_json

RATE_HZ = 100.0
SEED = 1  # what comes out must not depend on luck
# Of all readings, with faults: bare int16 values have no frames, so that places must be found again by guessing.
LEAST = {"sensiml1": 0.7}
FAULTS = {"noise_per_minute": 120.0, "cuts_per_minute": 120.0, "reboot_every_s": 4.0}


class Host:
    """The other end of the cable: an automatic parser that answers."""

    def __init__(self) -> None:
        self.parser = AutoDetect()
        self.rows = 0
        self._answer = b""

    def plugged_in(self) -> bool:
        return True

    def send(self, data: bytes) -> int:
        self.rows += sum(len(rows.values) for rows in self.parser.feed(data))
        self._answer += self.parser.reply()
        return len(data)

    def receive(self) -> bytes:
        answer, self._answer = self._answer, b""
        return answer


class Recorder(Host):
    """One that keeps what comes as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""

    def send(self, data: bytes) -> int:
        self.sent += data
        return len(data)


def listen(simulation: Simulation, seconds: float) -> tuple[Host, Firmware]:
    now = itertools.count()
    host = Host()
    firmware = Firmware(host, to_json(simulation), clock=lambda: next(now) * 0.001)
    while next(now) < seconds * 1000:
        firmware.tick()
    return host, firmware


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_understood(name: str) -> None:
    host, _ = listen(Simulation(rate_hz=RATE_HZ, format=name, seed=SEED), 5.0)
    assert host.rows > 4 * RATE_HZ
    assert len(host.parser.channels) == len(CHANNELS)
    assert host.parser.counts.bad == 0
    if "sensiml" in name or name == "native":
        assert host.parser.declared_hz == RATE_HZ


@pytest.mark.parametrize("name", FORMATS)
def test_faults_cost_little_in_any_format(name: str) -> None:
    host, _ = listen(Simulation(rate_hz=RATE_HZ, format=name, seed=SEED, **FAULTS), 10.0)
    assert host.rows > LEAST.get(name, 0.9) * 10 * RATE_HZ
    assert host.parser.counts.bad > 3


@pytest.mark.parametrize(("first", "second"), [("lines", "native"), ("binary", "sensiml1"), ("sensiml2", "stamped")])
def test_a_board_that_is_given_other_firmware(first: str, second: str) -> None:
    simulation = Simulation(rate_hz=RATE_HZ, format=first, reboot_format=second, reboot_every_s=2.0, seed=SEED)
    host, _ = listen(simulation, 8.0)
    assert host.parser.counts.other_formats >= 3
    assert host.rows > 0.6 * 8 * RATE_HZ


def test_a_seed_draws_the_same_again() -> None:
    def sent(seed: int) -> bytes:
        heard = Recorder()
        firmware = Firmware(heard, to_json(Simulation(seed=seed, **FAULTS)), clock=itertools.count(step=0.01).__next__)
        for _ in range(200):
            firmware.tick()
        return heard.sent

    assert sent(3) == sent(3)
    assert sent(3) != sent(4)
    assert sent(0) != sent(0)


def test_a_pulled_cable() -> None:
    simulation = Simulation(unplug_after_s=2.0)
    assert not listen(simulation, 1.0)[1].unplugged
    assert listen(simulation, 3.0)[1].unplugged


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_the_command_line_prints_the_port_and_ends_when_interrupted() -> None:
    command = [sys.executable, "-m", "workbench", "simulate", "fan", "--format", "native", "--seed", "3", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        assert port
        process.send_signal(signal.SIGINT)
        answer = json.loads(process.stdout.readline())
    assert answer == {"port": port, "ended": "interrupted"}
    assert process.returncode == 0
