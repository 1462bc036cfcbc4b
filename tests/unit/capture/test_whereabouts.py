"""A board that comes back under another name is found again, and its boot loader is not taken for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from serial.tools import list_ports as pyserial_ports

from workbench.capture.engine import CaptureEngine
from workbench.capture.link import Link
from workbench.capture.status import CaptureState
from workbench.capture.whereabouts import Whereabouts
from workbench.errors import PortError

SKETCH, BOOT_LOADER = (0x2341, 0x805A), (0x2341, 0x005A)


class Desk:
    """The ports of a computer: name to USB id and serial number."""

    def __init__(self) -> None:
        self.ports: dict[str, tuple[tuple[int, int], str]] = {}

    def comports(self) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                device=name, description=f"product {usb_id[1]:04x}", vid=usb_id[0], pid=usb_id[1], serial_number=serial
            )
            for name, (usb_id, serial) in self.ports.items()
        ]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk()
    monkeypatch.setattr(pyserial_ports, "comports", desk.comports)
    return desk


def test_the_same_board_is_found_under_another_name(desk: Desk) -> None:
    desk.ports = {"ACM0": (SKETCH, "A"), "ACM1": (SKETCH, "B")}
    board = Whereabouts("ACM1")
    assert board.look() == "ACM1"
    board.opened()
    desk.ports = {"ACM0": (SKETCH, "A"), "ACM7": (SKETCH, "B")}
    assert board.look() == "ACM7"
    assert board.name == "ACM7"


def test_a_boot_loader_is_waited_out(desk: Desk) -> None:
    desk.ports = {"ACM0": (SKETCH, "A")}
    board = Whereabouts("ACM0")
    board.opened()
    desk.ports = {"ACM0": (BOOT_LOADER, "A")}
    with pytest.raises(PortError, match=r"Another device has this port now \(product 005a\).*boot loader"):
        board.look()
    desk.ports = {}
    assert board.look() == "ACM0", "it may come back there"
    desk.ports = {"ACM1": (SKETCH, "A")}
    assert board.look() == "ACM1"


def test_a_port_without_a_usb_device_is_opened_by_its_name(desk: Desk) -> None:
    board = Whereabouts("/dev/ttyS0")
    board.opened()
    desk.ports = {"/dev/ttyS0": (SKETCH, "A")}
    assert board.look() == "/dev/ttyS0"


@pytest.fixture
def terminals() -> Iterator[list[tuple[int, str]]]:
    """Two pseudo-terminals: what to write to, and the name of the port."""
    opened = [os.openpty() for _ in range(2)]
    yield [(master, os.ttyname(slave)) for master, slave in opened]
    for master, slave in opened:
        os.close(slave)
        try:
            os.close(master)
        except OSError:
            continue  # it was unplugged


def test_reading_goes_on_where_the_board_has_come_back(
    desk: Desk, terminals: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("workbench.capture.engine._RETRY_S", 0.02)
    (first, name), (second, other) = terminals
    desk.ports = {name: (SKETCH, "A")}
    engine = CaptureEngine(Link(name))
    engine.step()
    os.write(first, b"1,2\n" * 20)
    while engine.status().frames < 10:
        engine.step()
    os.close(first)
    desk.ports = {name: (BOOT_LOADER, "A")}
    while engine.status().state is not CaptureState.LOST or "boot loader" not in engine.status().message:
        engine.step()
    desk.ports = {other: (SKETCH, "A")}
    while engine.status().state is CaptureState.LOST:
        engine.step()
    os.write(second, b"3,4\n" * 20)
    before = engine.status().frames
    while engine.status().frames < before + 10:
        engine.step()
    assert (engine.status().port, engine.status().state) == (other, CaptureState.RECEIVING)
    engine.close()
