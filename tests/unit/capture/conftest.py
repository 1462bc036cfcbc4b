"""A board in the test's hands: a real pseudo-terminal that the test writes to."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

Until = Callable[[Callable[[], bool]], None]


class Board:
    """Prints ``n,-n`` for n = 0, 1, 2, … at 500 lines a second from a thread, until it is unplugged.

    A busy computer makes it late, but nothing is ever left out.
    """

    RATE_HZ = 500

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        self.port = os.ttyname(self._slave)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._print)
        self._thread.start()

    def _print(self) -> None:
        os.set_blocking(self._master, False)
        started = time.monotonic()
        number, waiting = 0, b""
        while not self._stop.wait(0.01):
            if len(waiting) < 10_000:  # while nobody reads, there is no point in printing more
                due = int((time.monotonic() - started) * self.RATE_HZ)
                waiting += b"".join(b"%d,%d\n" % (n, -n) for n in range(number, due))
                number = max(number, due)
            try:
                waiting = waiting[os.write(self._master, waiting) :]
            except BlockingIOError:
                continue

    def unplug(self) -> None:
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()
            os.close(self._master)
            os.close(self._slave)


@pytest.fixture
def board() -> Iterator[Board]:
    board = Board()
    yield board
    board.unplug()


@pytest.fixture
def until() -> Until:
    """Wait for something that another process does, 60 s at most."""

    def wait(happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not happened():
            assert time.monotonic() < deadline, "it did not happen within 60 s"
            time.sleep(0.01)

    return wait
