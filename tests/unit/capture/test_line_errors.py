"""What a driver has lost is told, and never made up where it does not tell."""

from __future__ import annotations

import os
import struct
import sys

import pytest

from workbench.capture import line_errors
from workbench.capture.line_watch import LineWatch
from workbench.capture.serial_port import SerialPort
from workbench.capture.source import LineErrors, Source

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="TIOCGICOUNT is Linux's")


class Port(Source):
    """A port with a driver in the test's hands."""

    def __init__(self) -> None:
        self.counts: LineErrors | None = None

    def read(self) -> bytes:
        return b""

    def write(self, data: bytes) -> None:
        """Goes nowhere."""

    def close(self) -> None:
        """Nothing to close."""

    def line_errors(self) -> LineErrors | None:
        return self.counts


def test_the_counters_are_where_the_kernel_puts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"frame": 3, "overrun": 5, "parity": 7, "buf_overrun": 11}
    names = ("cts", "dsr", "rng", "dcd", "rx", "tx", "frame", "overrun", "parity", "brk", "buf_overrun")
    answer = struct.pack("20i", *(told.get(name, 1) for name in names), *([0] * 9))
    monkeypatch.setattr("fcntl.ioctl", lambda descriptor, request, space: answer)
    assert line_errors.driver_counts(0) == LineErrors(dropped=16, damaged=10)


def test_only_what_happened_since_the_port_was_opened_counts() -> None:
    first = LineErrors(2**31 - 1, 7)
    assert line_errors.since(first, LineErrors(-(2**31), 9)) == LineErrors(1, 2)  # an int of C goes round
    assert line_errors.since(None, first) is None
    assert line_errors.since(first, None) is None


def test_a_pseudo_terminal_does_not_tell() -> None:
    master, slave = os.openpty()
    port = SerialPort(os.ttyname(slave), 9600)
    assert port.line_errors() is None
    port.close()
    assert port.line_errors() is None
    os.close(master)
    os.close(slave)


def test_the_count_goes_on_when_the_port_is_opened_again() -> None:
    watch, port = LineWatch(), Port()
    watch.look(port, 0.0)
    assert (watch.dropped, watch.damaged, watch.trouble()) == (None, None, "")
    port.counts = LineErrors(0, 0)
    watch.look(port, 1.0)
    assert (watch.dropped, watch.trouble()) == (0, "")
    port.counts = LineErrors(2, 1)
    watch.over(port)
    assert watch.dropped == 2
    assert "lost bytes" in watch.trouble()
    port.counts = LineErrors(1, 1)
    watch.look(port, 1.1)
    assert (watch.dropped, watch.damaged) == (3, 2)
    port.counts = LineErrors(1, 4)
    watch.look(port, 1.2)  # it was asked just now
    assert watch.damaged == 2
    assert "lost bytes" in watch.trouble()
    watch.look(port, 2.0)
    assert "baud rate" in watch.trouble()
    assert watch.trouble() == ""
