"""A serial port as a source: a device, a pseudo-terminal, or a URL that pyserial knows (``socket://…``)."""

from __future__ import annotations

import contextlib
import time

import serial

from workbench.capture.control_lines import ControlLines
from workbench.capture.line_errors import driver_counts, since
from workbench.capture.port_errors import port_error
from workbench.capture.source import LineErrors, Source, SourceLost

_WAIT_S = 0.02
_WRITE_S = 1.0
_FLOOD_BYTES = 2 << 10  # a buffer as full as that comes again at once
_GATHER_S = 0.01  # of a flood: large blocks are parsed many times faster than small ones
_MOST_BYTES = 64 << 10  # at one read, so that a flood cannot keep the reader from its other duties


class SerialPort(Source):
    """An open port. Raises PortError when it cannot be opened.

    ``lines`` are set while it is opened, where there are any: a pseudo-terminal and a socket have none.
    """

    def __init__(self, device: str, baud: int, lines: ControlLines = ControlLines.BOTH) -> None:
        self._is_socket = "://" in device
        try:
            self._port = serial.serial_for_url(
                device, baudrate=baud, timeout=_WAIT_S, write_timeout=_WRITE_S, exclusive=True, do_not_open=True
            )
            self._port.dtr, self._port.rts = lines.dtr, lines.rts  # kept until it is opened
            self._port.open()
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise port_error(error, device, baud) from error
        self._first_counts = self._driver_counts()

    def read(self) -> bytes:
        try:
            if self._is_socket:  # tells only whether something waits, not how much
                return self._port.read(_MOST_BYTES) if self._port.in_waiting else self._port.read(1)
            parts = [self._port.read(1)]
            size = len(parts[0])
            until_s = time.monotonic() + _GATHER_S
            while parts[-1] and size < _MOST_BYTES:
                waiting = self._port.in_waiting
                if not waiting and (size < _FLOOD_BYTES or time.monotonic() > until_s):
                    break
                parts.append(self._port.read(min(waiting or 1, _MOST_BYTES - size)))
                size += len(parts[-1])
            return b"".join(parts)
        except (OSError, TypeError) as error:  # pyserial trips over its own closed descriptor with a TypeError
            raise SourceLost(str(error)) from error

    def write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except (OSError, TypeError) as error:
            raise SourceLost(str(error)) from error

    def line_errors(self) -> LineErrors | None:
        return since(self._first_counts, self._driver_counts())

    def _driver_counts(self) -> LineErrors | None:
        try:
            return None if self._is_socket else driver_counts(self._port.fileno())
        except (OSError, TypeError):  # it has just gone away, or is no file (Windows)
            return None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._port.close()
