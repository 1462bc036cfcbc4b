"""The window while it records: frames a second with a long history on screen, and how long it ever stands still."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from pytestqt.qtbot import QtBot

from workbench.ui.app import make_application
from workbench.ui.main_window import MainWindow
from workbench.ui.pages.capture import CapturePage
from workbench.ui.session import Session
from workbench.ui.widgets.live_toolbar import SPANS

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows"),
]

Figure = Callable[[str, str, str], None]

CHANNELS = 6
HISTORY_ROWS = 1_700_000  # ten million samples
RATE_HZ = 10_000
MEASURED_MS = 6000
SPAN_S = 600.0

# History as fast as the line takes it, then readings at an even rate; the first channel counts.
SENDER = """
import os, sys, time
master, rows, rate, channels = (int(word) for word in sys.argv[1:])
tail = b"".join(b",%d" % (n * 7 % 10) for n in range(channels - 1)) + b"\\n"
def send(start, stop):
    block = b"".join(b"%d%s" % (n % 8_000_000, tail) for n in range(start, stop))
    while block:
        block = block[os.write(master, block):]
sys.stdin.readline()
for start in range(0, rows, 1000):
    send(start, start + 1000)
number, started = rows, time.monotonic()
while True:
    due = rows + int((time.monotonic() - started) * rate)
    send(number, due)
    number = due
    time.sleep(0.005)
"""


class Sender:
    """A board in a process of its own behind a pseudo-terminal."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        self.port = os.ttyname(self._slave)
        words = [str(number) for number in (self._master, HISTORY_ROWS, RATE_HZ, CHANNELS)]
        command = [sys.executable, "-c", SENDER, *words]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(self._master,), text=True)

    def begin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        os.close(self._master)
        os.close(self._slave)


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - the name is Qt's
        self.count += event.type() is QEvent.Type.Paint
        return False


class Gaps(QTimer):
    """The longest time between two turns of the event loop, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.perf_counter()
        self.setInterval(0)
        self.timeout.connect(self._turn)
        self.start()

    def _turn(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def test_frames_with_a_long_history(
    figure: Figure, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    make_application()
    session = Session()
    window = MainWindow(session, spare_child=False)
    window.resize(1920, 1080)
    window.show()
    assert session.create(tmp_path / "live", "live")
    window.show_place("capture")
    page = window.page
    assert isinstance(page, CapturePage)
    with Sender() as sender:
        page.connect_to(sender.port, 115_200)
        page.live.bar.spans.button(SPANS.index(SPAN_S)).click()
        sender.begin()
        qtbot.waitUntil(lambda: page._status.frames > HISTORY_ROWS + RATE_HZ, timeout=120_000)
        page.toggle_take()
        begun = page._status.frames
        paints, started, processor = Paints(), time.perf_counter(), time.process_time()
        page.plot.traces.canvas.installEventFilter(paints)
        gaps = Gaps()
        qtbot.wait(MEASURED_MS)
        gaps.stop()
        seconds, processor = time.perf_counter() - started, time.process_time() - processor
        received = page._status.frames - begun
        drawn = page.plot.rows_drawn
        page.toggle_take()
        assert session.project is not None
        takes = session.project.recordings()
        page.disconnect_source()
    window.close()
    window.deleteLater()
    session.deleteLater()
    per_second = paints.count / seconds
    what = f"{CHANNELS} channels, {HISTORY_ROWS * CHANNELS:,} samples of history in view, recording {RATE_HZ:,} Hz"
    figure(f"frames a second, {what}", f"{per_second:.0f}", "≥ 50")
    a_frame = f"{1000 * processor / max(1, paints.count):.1f} ms, {100 * processor / seconds:.0f} % of one core"
    figure("processor time of the window for each frame", a_frame, "≤ 20 ms")
    figure("longest turn of the event loop meanwhile", f"{1000 * gaps.longest:.0f} ms", "≤ 50 ms")
    figure(
        "readings a second meanwhile",
        f"{received / seconds:,.0f} ({drawn:,} points a channel summarised)",
        f"{RATE_HZ:,}",
    )
    assert takes
