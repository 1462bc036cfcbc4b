"""Text and frames through a pseudo-terminal into the capture process, recorded and drawn, nothing lost."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pytest
import serial

from workbench.capture.session import CaptureSession
from workbench.capture.simulated_formats import Native
from workbench.capture.simulated_pictures import PictureFormat, moving_pictures
from workbench.capture.simulated_sound import BLOCK, RATE_HZ, SoundFormat
from workbench.capture.status import CaptureState
from workbench.project.model import Channel
from workbench.project.samples import read_samples

pytestmark = pytest.mark.bench

Figure = Callable[[str, str, str], None]

MEGABYTES = 60
MEGABYTES_FOR_PYSERIAL = 2
CHANNELS = 6
NUMBERS = 1 << 16  # the first channel counts up to it, so that a lost reading shows; float32 holds all of them

# A board that sends as fast as the line takes it: a block that was written beforehand, again and again.
SENDER = """
import os, sys
master, times = int(sys.argv[1]), int(sys.argv[2])
block = memoryview(sys.stdin.buffer.read(int(sys.argv[3])))
sys.stdin.buffer.readline()
for _ in range(times):
    at = 0
    while at < len(block):
        at += os.write(master, block[at : at + 65536])
print("sent", flush=True)
sys.stdin.buffer.readline()
"""


def text_block(channels: int) -> bytes:
    tail = b"".join(b",%.2f" % (1.25 * n - 3) for n in range(channels - 1)) + b"\r\n"
    return b"".join(b"%d%s" % (n, tail) for n in range(NUMBERS))


def native_block(channels: int, *, round_values: bool = False) -> bytes:
    """Frames whose sequence number and clock (65,536 µs a reading) go round exactly once in the block.

    Round values are full of zero bytes, each of which ends a block of COBS.
    """
    wire = Native([Channel(f"c{n}") for n in range(channels)], 1e6 / NUMBERS)
    chance = np.random.default_rng(1).normal(0, 1, (NUMBERS, channels))
    if round_values:
        chance = np.round(8 * chance) / 4
    chance[:, 0] = np.arange(NUMBERS)
    values = chance.astype("<f4")
    return wire.announce() + b"".join(wire._frame(3, n, row.tobytes()) for n, row in enumerate(values))


class Flood:
    """A sender in a process of its own behind a pseudo-terminal."""

    def __init__(self, block: bytes, megabytes: int) -> None:
        times = max(1, round(megabytes * 1e6 / len(block)))
        self.bytes, self.readings = times * len(block), times * NUMBERS
        self._master, self._slave = os.openpty()
        self.port = os.ttyname(self._slave)
        self._process = subprocess.Popen(
            [sys.executable, "-c", SENDER, str(self._master), str(times), str(len(block))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(self._master,),
        )
        assert self._process.stdin is not None
        self._process.stdin.write(block)
        self._process.stdin.flush()

    def begin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        os.close(self._master)
        os.close(self._slave)


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Captured:
    """What came of a flood: MB/s, readings a second, share of one core, and what is wrong with the recording."""

    speed: float
    readings: float
    processor: float
    lost: int
    out_of_order: int
    damaged: int
    drawn: int


def captured(block: bytes, folder: Path) -> Captured:
    """Record a flood while a reader drains the ring as the plot does, 60 times a second."""
    with Flood(block, MEGABYTES) as flood, CaptureSession.start(flood.port, 115_200) as session:
        while session.status().state == CaptureState.CONNECTING:
            time.sleep(0.01)
        session.begin_take(folder / "a.arrow", "flood")
        process = session._process.pid or 0
        processor, started = processor_seconds(process), time.perf_counter()
        flood.begin()
        place, drawn = None, 0
        while session.status().bytes < flood.bytes:
            news = session.since(place, 200_000)
            place, drawn = news.place, drawn + len(news.values)
            time.sleep(1 / 60)
        seconds = time.perf_counter() - started
        share = (processor_seconds(process) - processor) / seconds
        take = session.end_take()
        damaged = session.status().bad_lines
    numbers = np.concatenate([read_samples(part.path)[:, 0] for part in take.parts])
    jumps = int(np.count_nonzero(np.diff(numbers) % NUMBERS != 1))
    lost = flood.readings - len(numbers)
    return Captured(flood.bytes / seconds / 1e6, flood.readings / seconds, share, lost, jumps, damaged, drawn)


@dataclass(frozen=True)
class Wire:
    """What is sent; ``unheard``: the first line may be half a line and is not believed."""

    what: str
    make: Callable[[int], bytes]
    unheard: int
    target: int


WIRES = (
    Wire("text lines", text_block, 1, 5),
    Wire("native frames", native_block, 0, 20),
    Wire("native frames of round values", functools.partial(native_block, round_values=True), 0, 20),
)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads processor time from /proc")
@pytest.mark.parametrize("channels", [CHANNELS, 64])
@pytest.mark.parametrize("wire", WIRES)
def test_a_flood_through_a_pseudo_terminal(figure: Figure, tmp_path: Path, channels: int, wire: Wire) -> None:
    found = captured(wire.make(channels), tmp_path)
    title = f"{wire.what}, {channels} channels, recorded and drawn"
    figure(title, f"{found.speed:.1f} MB/s ({found.readings:,.0f} readings/s)", f"≥ {wire.target} MB/s")
    lost = found.lost - wire.unheard
    figure(f"{title}: lost, out of order, damaged", f"{lost}, {found.out_of_order}, {found.damaged}", "0")
    share = f"{100 * found.processor:.0f} % of one core, {found.speed / found.processor:.0f} MB/s for a whole one"
    figure(f"{title}: processor time of the capture process", share, f"≥ {wire.target} MB/s for a whole one")
    assert (lost, found.out_of_order, found.damaged) == (0, 0, 0)
    assert found.drawn


SECONDS_OF_ALL = 60  # of a board's time
MOTION_HZ, PICTURES_HZ = 100, 10


def motion_sound_and_pictures() -> bytes:
    """A minute of 6-axis motion, 16 kHz sound and grey pictures on one link, in the order a board sends them."""
    motion = Native([Channel(f"c{n}") for n in range(6)], MOTION_HZ)
    sound, camera = SoundFormat(RATE_HZ, 1), PictureFormat(PICTURES_HZ)
    samples = np.arange(round(RATE_HZ) * SECONDS_OF_ALL, dtype=np.int64).astype(np.int16)  # counts, and goes round
    pixels = next(moving_pictures(1))
    sent = [(n / MOTION_HZ, motion.reading([n, n % 7, 0, 1, -2.5, 0.1], n)) for n in range(MOTION_HZ * SECONDS_OF_ALL)]
    blocks = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK)
    sent += [(n * BLOCK / RATE_HZ, sound.block(block, n)) for n, block in enumerate(blocks)]
    sent += [(n / PICTURES_HZ, camera.picture(pixels, n)) for n in range(PICTURES_HZ * SECONDS_OF_ALL)]
    sent.sort(key=lambda one: one[0])
    return motion.announce() + sound.announce() + b"".join(data for _, data in sent)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads processor time from /proc")
def test_sound_beside_motion_and_pictures(figure: Figure, tmp_path: Path) -> None:
    with Flood(motion_sound_and_pictures(), 1) as flood, CaptureSession.start(flood.port, 115_200) as session:
        while session.status().state == CaptureState.CONNECTING:
            time.sleep(0.01)
        session.begin_take(tmp_path / "a.arrow", "all")
        process = session._process.pid or 0
        processor, started = processor_seconds(process), time.perf_counter()
        flood.begin()
        while session.status().bytes < flood.bytes:
            time.sleep(1 / 60)
        seconds = time.perf_counter() - started
        share = (processor_seconds(process) - processor) / seconds
        take = session.end_take()
        status = session.status()
    by_width = {len(part.channels): read_samples(part.path)[:, 0] for part in take.parts}
    motion, sound = by_width[6], np.round(by_width[1] * 32768)
    blocks = round(RATE_HZ) * SECONDS_OF_ALL // BLOCK
    lost = MOTION_HZ * SECONDS_OF_ALL - len(motion) + blocks * BLOCK - len(sound)
    jumps = np.count_nonzero(np.diff(motion) != 1) + np.count_nonzero(np.diff(sound) % NUMBERS != 1)
    pictures = PICTURES_HZ * SECONDS_OF_ALL - status.pictures
    title = "16 kHz sound beside 6-axis motion and pictures on one link, recorded"
    hurry = SECONDS_OF_ALL / seconds
    figure(title, f"{flood.bytes / seconds / 1e6:.1f} MB/s, {hurry:.0f} times a board's pace", "> 1 time")
    counted = f"{lost}, {jumps}, {pictures}, {status.sequence_gaps + status.missing + status.pictures_lost}"
    figure(f"{title}: lost, out of order, pictures lost, gaps by the board's numbers", counted, "0")
    at_pace = 100 * share * seconds / SECONDS_OF_ALL
    figure(f"{title}: processor time at a board's pace", f"{at_pace:.1f} % of one core", "")
    assert (lost, jumps, pictures, status.sequence_gaps, status.missing) == (0, 0, 0, 0, 0)


def test_against_the_loop_that_everybody_writes_first(figure: Figure, tmp_path: Path) -> None:
    block = text_block(CHANNELS)
    ours = captured(block, tmp_path).speed
    with Flood(block, MEGABYTES) as flood, open(flood.port, "rb") as port:  # noqa: PTH123 - a terminal, not a file
        tty.setraw(port)
        buffered = _readline_and_split(flood, port.readline)
    with Flood(block, MEGABYTES_FOR_PYSERIAL) as flood, serial.Serial(flood.port, 115_200) as port:
        plain = _readline_and_split(flood, port.readline)
    figure("against pyserial's readline().split(), nothing recorded", f"{ours / plain:.0f} times", "> 1")
    figure("against readline().split() of a buffered file, nothing recorded", f"{ours / buffered:.1f} times", "> 1")


def _readline_and_split(flood: Flood, readline: Callable[[], bytes]) -> float:
    """MB/s of the loop that everybody writes first."""
    flood.begin()
    started, size, rows = time.perf_counter(), 0, []
    while size < flood.bytes:
        line = readline()
        size += len(line)
        rows.append([float(word) for word in line.decode().split(",")])
    return size / (time.perf_counter() - started) / 1e6
