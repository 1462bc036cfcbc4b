"""What a serial driver of Linux has lost: the counters behind TIOCGICOUNT.

They run from when the device was plugged in, so two readings are compared. ``linux/serial.h`` has the structure:
cts, dsr, rng, dcd, rx, tx, frame, overrun, parity, brk, buf_overrun and nine that are reserved, an int each.
"""

from __future__ import annotations

import struct
import sys

from workbench.capture.source import LineErrors

_COUNTERS = struct.Struct("=20i")
_FRAME, _OVERRUN, _PARITY, _BUFFER_OVERRUN = 6, 7, 8, 10
_TURN = 1 << 32  # the driver's counters go round


def driver_counts(descriptor: int) -> LineErrors | None:
    """The counters of an open port; None where the system or the driver has none, as for a pseudo-terminal."""
    if not sys.platform.startswith("linux"):
        return None
    import fcntl
    import termios

    try:
        answer = fcntl.ioctl(descriptor, termios.TIOCGICOUNT, bytes(_COUNTERS.size))
    except OSError:
        return None
    counts = _COUNTERS.unpack(answer)
    return LineErrors(counts[_OVERRUN] + counts[_BUFFER_OVERRUN], counts[_FRAME] + counts[_PARITY])


def since(first: LineErrors | None, now: LineErrors | None) -> LineErrors | None:
    """What was counted between two looks; None unless both were possible."""
    if first is None or now is None:
        return None
    return LineErrors((now.dropped - first.dropped) % _TURN, (now.damaged - first.damaged) % _TURN)
