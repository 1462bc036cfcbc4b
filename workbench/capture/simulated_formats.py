"""How the simulated board writes its readings: the sending side of every wire format.

It shares no code with the parsers, so that neither can hide the other's mistakes, and takes what it can from the
standard library.
"""

from __future__ import annotations

import binascii
import functools
import json
import operator
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

from workbench.project import Channel

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " "}
SYNC = b"\xaa\x55"
CHECKSUMS: dict[str, Callable[[bytes], bytes]] = {
    "none": lambda frame: b"",
    "xor8": lambda frame: bytes([functools.reduce(operator.xor, frame)]),
    "sum8": lambda frame: bytes([sum(frame) % 256]),
    "crc16": lambda frame: struct.pack("<H", binascii.crc_hqx(frame, 0xFFFF)),
    "crc32": lambda frame: struct.pack("<I", zlib.crc32(frame)),
}
_HELLO_S = 1.0
_NATIVE_HELLO, _NATIVE_INT16, _NATIVE_FLOAT32 = 1, 2, 3
_PACKET_READINGS = 4


class WireFormat(Protocol):
    """One format of a board with these channels and this rate.

    ``waits_for`` must come from the host first, and at ``stops_at`` the board waits for it again.
    """

    waits_for: bytes
    stops_at: bytes

    def announce(self) -> bytes:
        """What comes ahead of the readings; repeated while the board waits."""

    def reading(self, values: Sequence[float], number: int) -> bytes:
        """Reading ``number``, counted from 0; b"" while a packet is not full."""


class Lines:
    """Values with a separator between them, names ahead."""

    waits_for = stops_at = b""

    def __init__(self, channels: Sequence[Channel], rate_hz: float, separator: str = "comma") -> None:
        self._channels = channels
        self._separator = SEPARATORS[separator]

    def announce(self) -> bytes:
        return line(self._separator.join(_title(channel) for channel in self._channels))

    def reading(self, values: Sequence[float], number: int) -> bytes:
        return line(self._separator.join(f"{value:.6g}" for value in values))


class Labelled(Lines):
    """A label before every value."""

    def announce(self) -> bytes:
        return b""

    def reading(self, values: Sequence[float], number: int) -> bytes:
        pairs = (f"{channel.name}:{value:.6g}" for channel, value in zip(self._channels, values, strict=True))
        return line(self._separator.join(pairs))


class Stamped(Lines):
    """The time of day before every line, as a monitor writes it into a log."""

    def __init__(self, channels: Sequence[Channel], rate_hz: float, separator: str = "comma") -> None:
        super().__init__(channels, rate_hz, separator)
        self._rate_hz = rate_hz

    def announce(self) -> bytes:
        return self._stamp(0) + super().announce()

    def reading(self, values: Sequence[float], number: int) -> bytes:
        return self._stamp(number) + super().reading(values, number)

    def _stamp(self, number: int) -> bytes:
        milliseconds = int(number * 1000 / self._rate_hz)
        seconds = 9 * 3600 + milliseconds // 1000
        clock = f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{clock}.{milliseconds % 1000:03} -> ".encode()


class Binary:
    """AA 55, a size byte where it fits, a sequence byte, float32 values low byte first, a checksum of all that."""

    waits_for = stops_at = b""

    def __init__(self, channels: Sequence[Channel], rate_hz: float, checksum: str = "crc16") -> None:
        self._values = struct.Struct(f"<{len(channels)}f")
        size = 1 + self._values.size
        self._head = SYNC + bytes([size] if size < 256 else [])
        self._checksum = CHECKSUMS[checksum]

    def announce(self) -> bytes:
        return b""

    def reading(self, values: Sequence[float], number: int) -> bytes:
        frame = self._head + bytes([number % 256]) + self._values.pack(*values)
        return frame + self._checksum(frame)


class Native:
    """The native format with float32 values; with ``scale``, int16 values of that unit."""

    waits_for = stops_at = b""

    def __init__(self, channels: Sequence[Channel], rate_hz: float, scale: float | None = None) -> None:
        described = [{"name": channel.name, "unit": channel.unit, "scale": scale or 1} for channel in channels]
        self._hello = json.dumps({"channels": described, "rate": rate_hz}, separators=(",", ":")).encode()
        self._rate_hz = rate_hz
        self._scale = scale
        self._layout = f"<{len(channels)}{'h' if scale else 'f'}"

    def announce(self) -> bytes:
        return b"\0" + self._frame(_NATIVE_HELLO, 0, self._hello)  # ends the boot text

    def reading(self, values: Sequence[float], number: int) -> bytes:
        due = number and number % max(1, round(_HELLO_S * self._rate_hz)) == 0
        hello = self._frame(_NATIVE_HELLO, number, self._hello) if due else b""
        if self._scale is None:
            return hello + self._frame(_NATIVE_FLOAT32, number, struct.pack(self._layout, *values))
        steps = [max(-32768, min(32767, round(value / self._scale))) for value in values]
        return hello + self._frame(_NATIVE_INT16, number, struct.pack(self._layout, *steps))

    def _frame(self, kind: int, number: int, body: bytes) -> bytes:
        clock_us = int(number * 1e6 / self._rate_hz) % 2**32
        content = struct.pack("<BHI", kind, number % 2**16, clock_us) + body
        return stuffed(content + struct.pack("<H", binascii.crc_hqx(content, 0xFFFF))) + b"\0"


class SimpleStream:
    """SensiML Simple Streaming: a description until the host connects, then int16 values of a hundredth."""

    waits_for = b"connect"
    stops_at = b"disconnect"

    def __init__(self, channels: Sequence[Channel], rate_hz: float, version: int = 2) -> None:
        self._version = version
        description = {
            "version": version,
            "sample_rate": rate_hz,
            "samples_per_packet": _PACKET_READINGS,
            "column_location": {channel.name: place for place, channel in enumerate(channels)},
        }
        self._description = json.dumps(description, separators=(",", ":"))
        self._layout = f"<{len(channels)}h"
        self._packet = b""

    def announce(self) -> bytes:
        self._packet = b""
        return line(self._description)

    def reading(self, values: Sequence[float], number: int) -> bytes:
        stored = struct.pack(self._layout, *(max(-32768, min(32767, round(100 * value))) for value in values))
        if self._version == 1:
            return stored
        self._packet += stored
        if number % _PACKET_READINGS < _PACKET_READINGS - 1:
            return b""
        data, self._packet = self._packet, b""
        payload = struct.pack("<BBI", 0, 0, number // _PACKET_READINGS) + data
        return b"\xff" + struct.pack("<H", len(payload)) + payload + CHECKSUMS["xor8"](payload)


FORMATS: dict[str, Callable[[Sequence[Channel], float, str], WireFormat]] = {
    "lines": Lines,
    "labelled": Labelled,
    "stamped": Stamped,
    "binary": lambda channels, rate_hz, _: Binary(channels, rate_hz),
    "native": lambda channels, rate_hz, _: Native(channels, rate_hz),
    "sensiml1": lambda channels, rate_hz, _: SimpleStream(channels, rate_hz, 1),
    "sensiml2": lambda channels, rate_hz, _: SimpleStream(channels, rate_hz, 2),
}


def line(text: str) -> bytes:
    """A line as println sends it."""
    return text.encode() + b"\r\n"


def stuffed(content: bytes) -> bytes:
    """Consistent Overhead Byte Stuffing: no zero bytes, each zero replaced by the distance to the next."""
    sent = bytearray()
    for part in content.split(b"\0"):
        rest = part
        while len(rest) >= 254:
            sent += b"\xff" + rest[:254]
            rest = rest[254:]
        sent += bytes([len(rest) + 1]) + rest
    return bytes(sent)


def _title(channel: Channel) -> str:
    return f"{channel.name} ({channel.unit})" if channel.unit else channel.name
