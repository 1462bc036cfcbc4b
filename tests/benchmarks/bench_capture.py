"""Text through a pseudo-terminal into the capture process, recording to disk, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Self

import numpy as np
import pytest
import serial

from workbench.capture.session import CaptureSession
from workbench.capture.status import CaptureState
from workbench.project.samples import read_samples

pytestmark = pytest.mark.bench

Figure = Callable[[str, str, str], None]

MEGABYTES = 60
MEGABYTES_FOR_PYSERIAL = 2
CHANNELS = 6

# A board that sends as fast as the line takes it; the first channel counts, so that a lost line shows.
SENDER = """
import os, sys
master, megabytes, channels = (int(word) for word in sys.argv[1:])
tail = b"".join(b",%.2f" % (1.25 * n - 3) for n in range(channels - 1)) + b"\\r\\n"
sys.stdin.readline()
sent = number = 0
while sent < megabytes * 1_000_000:
    # Seven digits is what float32 holds.
    block = b"".join(b"%d%s" % (n % 8_000_000, tail) for n in range(number, number + 1000))
    number += 1000
    sent += len(block)
    while block:
        block = block[os.write(master, block):]
print(number, sent, flush=True)
sys.stdin.readline()
"""


class Flood:
    """A sender in a process of its own behind a pseudo-terminal."""

    def __init__(self, megabytes: int) -> None:
        self.bytes = megabytes * 1_000_000
        self._master, self._slave = os.openpty()
        self.port = os.ttyname(self._slave)
        self._process = subprocess.Popen(
            [sys.executable, "-c", SENDER, str(self._master), str(megabytes), str(CHANNELS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(self._master,),
            text=True,
        )

    def begin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def sent(self) -> tuple[int, int]:
        """Lines and bytes, when all is sent."""
        assert self._process.stdout is not None
        lines, size = self._process.stdout.readline().split()
        return int(lines), int(size)

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


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads processor time from /proc")
def test_text_through_a_pseudo_terminal(figure: Figure, tmp_path: Path) -> None:
    with Flood(MEGABYTES) as flood, CaptureSession.start(flood.port, 115_200) as session:
        while session.status().state == CaptureState.CONNECTING:
            time.sleep(0.01)
        session.begin_take(tmp_path / "a.arrow", "flood")
        process = session._process.pid or 0
        processor, started = processor_seconds(process), time.perf_counter()
        flood.begin()
        lines, size = flood.sent()
        while session.status().bytes < size:
            session.latest(2000)
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        share = (processor_seconds(process) - processor) / seconds
        take = session.end_take()
        damaged = session.status().bad_lines
    numbers = np.concatenate([read_samples(part.path)[:, 0] for part in take.parts])
    lost = lines - 1 - len(numbers)  # the first line may be half a line and is not believed
    in_order = bool((np.diff(numbers) == 1).all())
    ours = size / seconds / 1e6
    with Flood(MEGABYTES) as flood, open(flood.port, "rb") as port:  # noqa: PTH123 - a terminal, not a file
        tty.setraw(port)
        buffered = _readline_and_split(flood, port.readline)
    with Flood(MEGABYTES_FOR_PYSERIAL) as flood, serial.Serial(flood.port, 115_200) as port:
        plain = _readline_and_split(flood, port.readline)
    what = f"{CHANNELS}-channel text lines, recording to disk"
    figure(what, f"{ours:.1f} MB/s ({lines / seconds:,.0f} lines/s)", "≥ 5 MB/s")
    figure("lost lines by sequence number", f"{lost} of {lines:,}, {'in order' if in_order else 'OUT OF ORDER'}", "0")
    figure("damaged lines", str(damaged), "0")
    figure("processor time of the capture process", f"{100 * share:.0f} % of one core", "")
    figure("against pyserial's readline().split(), nothing recorded", f"{ours / plain:.0f} times", "> 1")
    figure("against readline().split() of a buffered file, nothing recorded", f"{ours / buffered:.1f} times", "> 1")
    assert lost == 0
    assert in_order


def _readline_and_split(flood: Flood, readline: Callable[[], bytes]) -> float:
    """MB/s of the loop that everybody writes first."""
    flood.begin()
    started, size, rows = time.perf_counter(), 0, []
    while size < flood.bytes:
        line = readline()
        size += len(line)
        rows.append([float(word) for word in line.decode().split(",")])
    return size / (time.perf_counter() - started) / 1e6
