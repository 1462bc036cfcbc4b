"""The simulated board's own process: what a sketch would do in setup() and loop(), and the faults of real boards.

It writes its lines itself and shares no code with the parsers, so that neither can hide the other's mistakes.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol

from workbench.capture.simulated_formats import line
from workbench.capture.simulated_programs import Program, programs
from workbench.errors import WorkbenchError

_TICK_S = 0.005
_BOOT_S = 0.1
_STALL_S = 2.0
# From reset to the first line. The host empties its input buffer just after it has opened a port: what is printed
# sooner may be lost.
_WAKES_S = 0.1
_ANNOUNCE_S = 0.5  # while the board waits for its host
_MOST_RECEIVED = 1024  # bytes
_MOST_WAITING = 64 << 10  # bytes that wait for a reader; what comes on top is lost, as in a board without memory
_MOST_AT_ONCE = 16 << 10  # bytes
_SENDS_A_TICK = 16
_LATEST_S = 1.0  # units that are due longer than this are not made up for
_BOOT_TEXT = ("", "boot: reset, clock 64 MHz", "IMU found at 0x6A", "ready")


class Link(Protocol):
    """The board's end of the cable."""

    def plugged_in(self) -> bool:
        """Whether somebody has the port open now."""

    def send(self, data: bytes) -> int:
        """Write without waiting; how many bytes went."""

    def receive(self) -> bytes:
        """What the host has sent."""


class PseudoTerminal:
    """The master side of a pseudo-terminal whose other side has been open once: only then is closing it reported."""

    def __init__(self, master: int) -> None:
        self._master = master
        os.set_blocking(master, False)
        self._poll = select.poll()
        self._poll.register(master, 0)

    def plugged_in(self) -> bool:
        return not any(event & select.POLLHUP for _, event in self._poll.poll(0))

    def send(self, data: bytes) -> int:
        try:
            return os.write(self._master, data)
        except BlockingIOError:
            return 0
        except OSError:  # the reader has just closed its side
            return 0

    def receive(self) -> bytes:
        try:
            return os.read(self._master, _MOST_RECEIVED)
        except OSError:  # nothing is there, or nobody
            return b""


class LoopbackPort:
    """A TCP server for one client at a time."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        listener.setblocking(False)
        self._client: socket.socket | None = None
        self._received = b""

    def plugged_in(self) -> bool:
        if self._client is None:
            with contextlib.suppress(BlockingIOError):
                self._client, _ = self._listener.accept()
                self._client.setblocking(False)
        else:
            try:
                received = self._client.recv(_MOST_RECEIVED)
                self._received = (self._received + received)[-_MOST_RECEIVED:]
                if not received:
                    self._hang_up()
            except BlockingIOError:
                pass
            except OSError:
                self._hang_up()
        return self._client is not None

    def send(self, data: bytes) -> int:
        if self._client is None:
            return 0
        try:
            return self._client.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self._hang_up()
            return 0

    def receive(self) -> bytes:
        received, self._received = self._received, b""
        return received

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


class Firmware:
    """Runs its programs while the port is open, with the faults asked for."""

    def __init__(self, link: Link, settings: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._link = link
        self._settings = settings
        self._clock = clock
        self._chance = random.Random(settings["seed"])  # noqa: S311 - faults, not secrets
        self._programs = programs(settings)
        other = settings["reboot_format"]
        self._images = [programs(settings | {"format": other}) if other else self._programs, self._programs]
        self._sent = [0] * len(self._programs)  # units
        self._waiting = bytearray()
        self._running = False
        self._connected = False  # the host has said what the format waits for
        self._heard = b""
        self._begun_s = self._booted_s = self._stall_s = self._announced_s = self._plugged_s = self._ticked_s = 0.0

    @property
    def unplugged(self) -> bool:
        """Whether the cable has been pulled."""
        after = self._settings["unplug_after_s"]
        return bool(after and self._running and self._clock() - self._plugged_s > after)

    def tick(self) -> None:
        """Do what is due."""
        now = self._clock()
        if not self._link.plugged_in():
            self._running = self._running and self._settings["runs_on"]
            self._plugged_s = now
            return
        if not self._running and now - self._plugged_s < _WAKES_S:
            return
        every = self._settings["reboot_every_s"]
        if not self._running or (every and now - self._booted_s > every):
            self._boot(now)
        if self._waits_for:
            self._listen(now)
        every = self._settings["stall_every_s"]
        if every and now - self._stall_s > every + _STALL_S:
            self._stall_s = now
        if every and now - self._stall_s < _STALL_S and self._stall_s > self._booted_s:
            self._begun_s += now - self._ticked_s  # nothing is sampled meanwhile
        self._ticked_s = now
        if self._connected:
            for place, program in enumerate(self._programs):
                self._send_due(place, program, now)
        for _ in range(_SENDS_A_TICK):
            sent = self._link.send(bytes(self._waiting[:_MOST_AT_ONCE])) if self._waiting else 0
            if not sent:
                break
            del self._waiting[:sent]

    def _send_due(self, place: int, program: Program, now: float) -> None:
        due = int((now - self._begun_s) * program.rate_hz)
        if due - self._sent[place] > max(1.0, _LATEST_S * program.rate_hz):
            self._sent[place] = due
        while self._sent[place] < due:
            self._print(program.unit(self._sent[place]), program.rate_hz)
            self._sent[place] += 1

    def _boot(self, now: float) -> None:
        self._running = True
        self._images.reverse()
        self._programs = self._images[0]
        self._waiting.clear()
        if self._settings["boot_text"]:
            self._write(b"".join(line(text) for text in _BOOT_TEXT))
        for program in self._programs:
            self._write(program.restart())
        self._connected = not self._waits_for
        self._heard = b""
        self._booted_s = self._stall_s = self._announced_s = self._ticked_s = now
        self._begun_s = now + _BOOT_S
        self._sent = [0] * len(self._programs)

    @property
    def _waits_for(self) -> bytes:
        """What must come from the host first; only a program that runs alone waits."""
        return self._programs[0].waits_for

    def _listen(self, now: float) -> None:
        stops_at = self._programs[0].stops_at
        self._heard = (self._heard + self._link.receive())[-_MOST_RECEIVED:]
        if self._connected:
            if stops_at and stops_at in self._heard:
                self._connected, self._heard = False, b""
        elif self._waits_for in self._heard.replace(stops_at, b""):
            self._connected, self._heard = True, b""
            self._begun_s, self._sent = now, [0] * len(self._programs)
        elif now - self._announced_s > _ANNOUNCE_S:
            self._write(self._programs[0].announce())
            self._announced_s = now

    def _print(self, sent: bytes, rate_hz: float) -> None:
        a_minute = 60 * rate_hz
        if self._chance.random() < self._settings["cuts_per_minute"] / a_minute:
            kept = self._chance.randrange(len(sent)) if sent else 0
            sent = sent[:kept] + (b"\r\n" if sent.endswith(b"\n") else b"")
        self._write(sent)
        if self._chance.random() < self._settings["noise_per_minute"] / a_minute:
            self._waiting += self._chance.randbytes(self._chance.randint(1, 24))

    def _write(self, data: bytes) -> None:
        if len(self._waiting) < _MOST_WAITING:
            self._waiting += data


def main(connection: Connection, end: Any, settings: dict[str, Any]) -> None:
    """Run the board until the parent closes its end of ``connection``, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    link: Link = LoopbackPort(end) if isinstance(end, socket.socket) else PseudoTerminal(end.detach())
    try:
        firmware = Firmware(link, settings)
    except WorkbenchError as error:
        connection.send(error)
        connection.poll(None)
        return
    connection.send(None)
    # A readable pipe says that the parent has closed it: nothing is ever sent this way.
    while not firmware.unplugged and not connection.poll(_TICK_S):
        firmware.tick()
