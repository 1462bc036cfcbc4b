"""A board for those who have none yet: a real port with a process behind it that behaves as firmware does.

The port is a pseudo-terminal, or a loopback TCP port where there are none (Windows).
"""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.reduction import DupFd
from types import TracebackType
from typing import Any, Self

from workbench import fields
from workbench.capture import simulated_firmware
from workbench.capture.fan_simulation import SPEEDS
from workbench.capture.simulated_formats import FORMATS, SEPARATORS
from workbench.errors import BadSetting, WorkbenchError
from workbench.fields import setting

# fork after TensorFlow is loaded hangs, and Windows has none.
_SPAWN = multiprocessing.get_context("spawn")
_LOOK_S = 0.1
SIGNALS = ("fan", "sound", "fan and sound", "pictures", "project")
HAS_PSEUDO_TERMINALS = sys.platform != "win32"


@dataclass(frozen=True)
class Simulation:
    """What a simulated board sends."""

    signal: str = setting(
        "fan",
        choices=SIGNALS,
        help="A simulated accelerometer on a ceiling fan, a microphone at 16 kHz, both at once, a camera, or the "
        "recordings or pictures of a project one after another",
    )
    colour: bool = setting(False, help="The simulated camera takes pictures in colour")
    project: str = setting("", title="Project folder", help="Where the recordings come from when the signal is project")
    label: str = setting("", help="Send only recordings with this label; empty for all")
    speed: str = setting("medium", choices=SPEEDS, help="Speed of the simulated fan")
    unbalanced: bool = setting(False, help="One blade of the simulated fan is heavier than the others")
    rate_hz: float = setting(
        0.0, title="Rate", unit="Hz", low=0.0, high=20_000.0, help="Readings or pictures a second; 0 for the usual rate"
    )
    format: str = setting("lines", choices=tuple(FORMATS), help="The wire format it speaks")
    separator: str = setting("comma", choices=tuple(SEPARATORS), help="What stands between the values of a line")
    boot_text: bool = setting(True, help="Print a boot log before the first reading, as most firmware does")
    noise_per_minute: float = setting(
        0.0,
        title="Noise bursts",
        unit="1/min",
        low=0.0,
        high=6000.0,
        help="Fault: bursts of random bytes in the stream",
    )
    cuts_per_minute: float = setting(
        0.0,
        title="Cut lines",
        unit="1/min",
        low=0.0,
        high=6000.0,
        help="Fault: lines or frames of which the end is missing",
    )
    stall_every_s: float = setting(
        0.0,
        title="Stall every",
        unit="s",
        low=0.0,
        high=3600.0,
        help="Fault: stop sampling for two seconds this often; 0 for never",
    )
    reboot_every_s: float = setting(
        0.0,
        title="Reboot every",
        unit="s",
        low=0.0,
        high=3600.0,
        help="Fault: start anew with the boot log this often; 0 for never",
    )
    reboot_format: str = setting(
        "",
        choices=("", *FORMATS),
        help="Fault: what it speaks after every other start, as a board does that is given other firmware; empty for "
        "the same",
    )
    runs_on: bool = setting(
        False, help="Fault: it does not start anew when the port is opened, and may be in the middle of its stream"
    )
    unplug_after_s: float = setting(
        0.0,
        title="Unplug after",
        unit="s",
        low=0.0,
        high=3600.0,
        help="Fault: pull the cable so long after the port was opened; 0 for never",
    )
    seed: int = setting(
        0,
        low=0,
        high=2**31 - 1,
        help="The same number draws the same fan, sound and faults again; with 0 the signal is new each time",
    )


class SimulatedBoard:
    """A running simulation. Open ``port`` like any other; ``stop`` it, or use it in ``with``.

    As a board with a reset line does, it starts anew whenever the port is opened. Raises BadSetting when a value
    of the simulation is out of bounds.
    """

    def __init__(self, simulation: Simulation | None = None, *, pseudo_terminal: bool = HAS_PSEUDO_TERMINALS) -> None:
        simulation = fields.check(simulation or Simulation())
        if simulation.signal == "project" and not simulation.project:
            raise BadSetting("The simulated board needs a project to send.", where="project")
        link = _pseudo_terminal() if pseudo_terminal else _loopback()
        self.port = link.port
        self._connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=simulated_firmware.main,
            args=(theirs, link.for_child, dataclasses.asdict(simulation)),
            name="simulated board",
            daemon=True,
        )
        self._process.start()
        theirs.close()
        link.close()
        self._problem: WorkbenchError | None = None
        self._ready = False
        self._stopped = False

    @property
    def problem(self) -> str:
        """Why the board sends nothing, such as a project that cannot be read; "" when all is well."""
        self._listen(0.0)
        return str(self._problem or "")

    def _listen(self, seconds: float) -> None:
        """What the board's process says once, when it has begun: that it is ready, or why it is not."""
        if not self._stopped and self._connection.poll(seconds):
            with contextlib.suppress(EOFError, OSError):
                self._problem, self._ready = self._connection.recv(), True

    def wait_until_ready(self) -> None:
        """Return when the board has begun. Raises the WorkbenchError for which it cannot."""
        while not self._ready and self._process.is_alive():
            self._listen(_LOOK_S)
        if self._problem is not None:
            raise self._problem

    def wait(self) -> None:
        """Return when the cable has been pulled."""
        while self._process.is_alive():
            self._process.join(_LOOK_S)

    def stop(self) -> None:
        """Unplug the board. Harmless when called again."""
        if self._stopped:
            return
        self._stopped = True
        self._process.kill()  # it has nothing to finish
        self._process.join()
        self._process.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@dataclass(frozen=True)
class _Link:
    """The two ends of a port that the parent makes, so that its name is known at once."""

    port: str
    for_child: Any  # travels to the child while it is spawned
    close: Callable[[], None]


def _pseudo_terminal() -> _Link:
    master, slave = os.openpty()
    port = os.ttyname(slave)
    os.close(slave)  # from now on the other end can tell whether somebody has it open
    return _Link(port, DupFd(master), lambda: os.close(master))


def _loopback() -> _Link:
    listener = socket.create_server(("127.0.0.1", 0))
    return _Link(f"socket://127.0.0.1:{listener.getsockname()[1]}", listener, listener.close)
