"""Measures how long the window's thread is kept from its event loop, and says what kept it."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from PySide6.QtCore import QTimer

LIMIT_S = 0.05  # the house's limit for one turn of the event loop
_SAMPLE_S = 0.005
_OURS = str(Path(__file__).resolve().parents[1] / "workbench")


@dataclass(frozen=True)
class Turn:
    """One turn of the event loop.

    ``seconds`` by the wall clock is what a person feels; ``busy`` is the processor time that the window's thread
    spent of it. Where the first is far above the second, the thread was waiting: for a disk, for a lock, for
    Python's global lock, or for a processor that others use.
    """

    seconds: float
    busy: float
    where: str = ""  # the line of ours that was seen most often during the turn

    def __str__(self) -> str:
        return f"{1000 * self.seconds:.0f} ms" + (f" in {self.where}" if self.where else "")


class StallMeter:
    """The longest turn of the event loop while the block runs; to be used in the main thread.

    A timer without interval ticks once a turn. It keeps the loop from sleeping, so the block costs a processor.
    What a long turn was spent on is sampled by a signal, which is handled in the main thread itself: a second
    thread that looked at its frames would keep alive what they hold, painters for example.
    """

    def __init__(self) -> None:
        self.longest = Turn(0.0, 0.0)
        self.over: list[Turn] = []  # every turn above the limit
        self._timer = QTimer()
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)
        self._began = (0.0, 0.0)
        self._seen: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._began = time.perf_counter(), time.thread_time()
        if hasattr(signal, "setitimer"):  # not on Windows
            self._handler = signal.signal(signal.SIGALRM, self._sample)
            signal.setitimer(signal.ITIMER_REAL, _SAMPLE_S, _SAMPLE_S)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._tick()
        self._timer.stop()
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)

    def _tick(self) -> None:
        now = time.perf_counter(), time.thread_time()
        seconds = now[0] - self._began[0]
        if seconds > min(self.longest.seconds, LIMIT_S):
            where = max(self._seen, key=lambda frame: self._seen[frame], default="")
            turn = Turn(seconds, now[1] - self._began[1], where)
            self.longest = max(self.longest, turn, key=lambda one: one.seconds)
            if seconds > LIMIT_S:
                self.over.append(turn)
        self._seen = {}
        self._began = now

    def _sample(self, _number: int, frame: FrameType | None) -> None:
        place = _place(frame)
        self._seen[place] = self._seen.get(place, 0) + 1


def _place(frame: FrameType | None) -> str:
    """The innermost line of the program among the calls that lead to ``frame``."""
    while frame is not None and not frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        return ""
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}"
