"""What to tell a person whose board is connected but does not deliver."""

from __future__ import annotations

from workbench.capture.wire.parser import Counts
from workbench.quantities import kilobytes

_PATIENCE_S = 3.0
_FRUITLESS, _FRUITLESS_AT_ONCE = 1 << 10, 256 << 10  # bytes without a reading; a picture may be as large
_UNREADABLE = 0.2  # share of bytes that no text has
_DAMAGED = 0.1  # share of lines
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n\xb0\xb2\xb3\xb5\xc2\xce\xbc"  # with °, ², ³ and µ in UTF-8


def unreadable(data: bytes) -> int:
    """How many bytes would not stand in a text of numbers and names."""
    return len(data.translate(None, _PRINTABLE))


def why_nothing_comes(
    open_s: float, received: int, odd_bytes: int, counts: Counts, *, native_usb: bool, chosen: str = ""
) -> str:
    """The message when the port has been open for ``open_s`` seconds without a reading; "" while it is too early.

    With ``native_usb`` the baud rate cannot be the reason; a format that somebody has ``chosen`` is the likeliest.
    """
    if open_s < _PATIENCE_S:
        return ""
    if not received:
        return (
            "Nothing comes from the port. Is the sketch running and printing? Some boards need a press of reset, "
            "some send only while DTR is on."
        )
    if odd_bytes > _UNREADABLE * received:
        return _why_unreadable(received, chosen, native_usb=native_usb)
    if counts.last_text:
        return f"No readings yet, only text such as: {counts.last_text[-1]}"
    if chosen:
        return _does_not_fit(chosen, received)
    return "No line has ended yet. The sketch must end each reading with println."


def _why_unreadable(received: int, chosen: str, *, native_usb: bool) -> str:
    if chosen:
        return _does_not_fit(chosen, received)
    if native_usb:
        return "What comes is no text, and no format that is recognised: choose the format, and its layout."
    return "What comes is no text. Is the baud rate the one of the sketch's Serial.begin?"


def _does_not_fit(chosen: str, received: int) -> str:
    return f"{kilobytes(received)} have come, and none fits the format that is set ({chosen}): have it found by itself?"


def why_it_stopped(silent_s: float, received: int, *, chosen: str = "") -> str:
    """The message when readings came and then stopped, ``silent_s`` seconds ago; "" while that is normal.

    ``received`` bytes have come since, to be read in a format that somebody has ``chosen``.
    """
    if chosen and received > _FRUITLESS and silent_s >= _PATIENCE_S:
        return _does_not_fit(chosen, received)
    if received > _FRUITLESS_AT_ONCE or (received > _FRUITLESS and silent_s >= _PATIENCE_S):
        return f"{kilobytes(received)} have come since the last reading, and there is none in them: did a line not end?"
    if silent_s < _PATIENCE_S:
        return ""
    return f"The board has been silent for {silent_s:.0f} s. Recording goes on when it sends again."


def what_is_wrong(frames: int, bad: int, not_finite: int, *, chosen: str = "") -> str:
    """The message for readings of the last seconds: understood, damaged, and damaged because of nan or inf.

    They were read in a format that somebody has ``chosen``, or in the one that was found.
    """
    if not_finite:
        return f"{not_finite:,} readings had nan or inf for a value and are left out: is a sensor not connected?"
    if bad > _DAMAGED * (frames + bad):
        suspect = f"the format that is set ({chosen}) right" if chosen else "the baud rate right, the cable sound"
        return f"{bad:,} of {frames + bad:,} lines are damaged and left out: is {suspect}?"
    return ""
