"""A serial port as a source: a device, a pseudo-terminal, or a URL that pyserial knows (``socket://…``)."""

from __future__ import annotations

import contextlib
import time

import serial

from workbench.capture.control_lines import ControlLines
from workbench.capture.port_errors import port_error
from workbench.capture.source import SourceLost
from workbench.errors import BadSetting

HIGHEST_BAUD = 20_000_000
_WAIT_S = 0.02
_WRITE_S = 1.0
_FLOOD_BYTES = 2 << 10  # a buffer as full as that comes again at once
_GATHER_S = 0.01  # of a flood: large blocks are parsed many times faster than small ones
_MOST_BYTES = 64 << 10  # at one read, so that a flood cannot keep the reader from its other duties


def check_baud(baud: int) -> int:
    """``baud`` unchanged; any whole number may be tried, since native USB takes no notice and UARTs differ."""
    if isinstance(baud, bool) or not isinstance(baud, int) or not 1 <= baud <= HIGHEST_BAUD:
        raise BadSetting(
            f"The baud rate is {baud}.", where="baud", to_do=f"It must be a whole number from 1 to {HIGHEST_BAUD:,}."
        )
    return baud


class SerialPort:
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

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._port.close()
