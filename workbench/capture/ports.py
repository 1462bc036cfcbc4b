"""The serial ports of this computer, with the board behind each where its USB id is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from serial.tools import list_ports as pyserial_ports

from workbench.boards import Board, load_boards
from workbench.capture.native_usb import is_native

COMMON_BAUDS = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1_000_000, 2_000_000)


@dataclass(frozen=True)
class Port:
    """A port that can be opened.

    ``usb_id`` is vendor and product, None for a port that is no USB device; ``serial_number`` tells two boards
    of a kind apart. ``board_ids`` names the boards with that USB id; revisions of a board often share one.
    """

    device: str
    title: str
    usb_id: tuple[int, int] | None = None
    serial_number: str = ""
    board_ids: tuple[str, ...] = ()

    @property
    def native_usb(self) -> bool:
        """Whether the baud rate is known to mean nothing."""
        return is_native(self.usb_id)

    @property
    def board_id(self) -> str | None:
        """The board behind the port, when only one can be."""
        return self.board_ids[0] if len(self.board_ids) == 1 else None


class _Found(Protocol):
    """What pyserial tells of a port."""

    @property
    def device(self) -> str: ...
    @property
    def description(self) -> str | None: ...
    @property
    def vid(self) -> int | None: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def serial_number(self) -> str | None: ...


def list_ports() -> list[Port]:
    """The ports present now: recognised boards first, then other USB devices, then the rest."""
    return describe_ports(pyserial_ports.comports(), load_boards().values())


def describe_ports(found: Iterable[_Found], boards: Iterable[Board]) -> list[Port]:
    """``found`` as ports, boards recognised by their USB ids."""
    known = list(boards)
    ports = [_port(one, known) for one in found]
    return sorted(ports, key=lambda port: (not port.board_ids, port.usb_id is None, port.device))


def _port(found: _Found, boards: list[Board]) -> Port:
    usb_id = None if found.vid is None or found.pid is None else (found.vid, found.pid)
    matches = [board for board in boards if usb_id in board.usb_ids]
    description = found.description if found.description and found.description != "n/a" else ""
    name = " or ".join(board.name for board in matches) or description
    title = f"{found.device} – {name}" if name and name != found.device else found.device
    return Port(found.device, title, usb_id, found.serial_number or "", tuple(board.id for board in matches))


def find_port(device: str) -> Port | None:
    """The USB identity of a port that is present now, without the boards; None for what is no serial device."""
    return next((_port(one, []) for one in pyserial_ports.comports() if one.device == device), None)


def same_device(port: Port) -> str | None:
    """Where the same piece of hardware is now: a board that was plugged in again may come back under another name."""
    if port.usb_id is None:
        return None
    for found in pyserial_ports.comports():
        if (found.vid, found.pid) == port.usb_id and (found.serial_number or "") == port.serial_number:
            return str(found.device)
    return None
