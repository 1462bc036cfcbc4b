"""Ports and the boards behind them; why a port does not open, in plain words."""

from __future__ import annotations

import dataclasses
import errno
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import serial

from workbench import fields
from workbench.boards import find_board
from workbench.capture import devices, port_errors
from workbench.capture.devices import Device
from workbench.capture.link import Link, LinkSettings
from workbench.capture.ports import Port, describe_ports, list_ports
from workbench.capture.serial_port import SerialPort
from workbench.capture.session import CaptureSession
from workbench.capture.source import SourceLost
from workbench.errors import BadSetting, PortError

NANO = dataclasses.replace(find_board("nano33ble_sense"), usb_ids=((0x2341, 0x805A),))


def found(device: str, description: str = "n/a", vid: int | None = None, pid: int | None = None) -> SimpleNamespace:
    return SimpleNamespace(device=device, description=description, vid=vid, pid=pid, serial_number=None)


def test_a_board_is_recognised_by_its_usb_id_and_stands_first() -> None:
    ports = describe_ports(
        [found("/dev/ttyS0"), found("/dev/ttyUSB0", "CP2102", 0x10C4, 0xEA60), found("COM7", "Nano", 0x2341, 0x805A)],
        [NANO],
    )
    assert [port.device for port in ports] == ["COM7", "/dev/ttyUSB0", "/dev/ttyS0"]
    assert ports[0].board_id == NANO.id
    assert NANO.name in ports[0].title
    assert (ports[1].board_id, ports[1].title) == (None, "/dev/ttyUSB0 – CP2102")
    assert ports[2].title == "/dev/ttyS0"


def test_boards_that_share_a_usb_id_are_all_named() -> None:
    twin = dataclasses.replace(NANO, id="twin", name="Twin")
    (port,) = describe_ports([found("COM7", "", 0x2341, 0x805A)], [NANO, twin])
    assert port.board_id is None
    assert port.board_ids == (NANO.id, "twin")
    assert "Twin" in port.title


def test_the_ports_of_this_computer_can_be_listed() -> None:
    assert all(port.device for port in list_ports())


@pytest.mark.parametrize("baud", [1, 9600, 12_345, 20_000_000])
def test_any_baud_rate_may_be_tried(baud: int) -> None:
    assert fields.check(LinkSettings(baud=baud)).baud == baud


@pytest.mark.parametrize("baud", [0, -1, 10**9, True])
def test_a_baud_rate_out_of_bounds(baud: int) -> None:
    with pytest.raises(BadSetting, match="Baud rate"):
        CaptureSession(Link("/dev/tty-that-is-not", LinkSettings(baud=baud)))


def test_no_permission_names_the_group_and_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_errors, "_group_of", lambda device: "dialout")
    monkeypatch.setattr(port_errors, "_is_member", lambda group: False)
    monkeypatch.setattr(sys, "platform", "linux")
    error = port_errors.port_error(serial.SerialException(errno.EACCES, "denied"), "/dev/ttyACM0", 9600)
    assert "sudo usermod -aG dialout $USER" in str(error)
    monkeypatch.setattr(port_errors, "_group_of", lambda device: "root")
    error = port_errors.port_error(serial.SerialException(errno.EACCES, "denied"), "/dev/ttyACM0", 9600)
    assert (
        """Run: echo 'KERNEL=="ttyACM*", TAG+="uaccess"' | sudo tee /etc/udev/rules.d/70-boards.rules && """
        "sudo udevadm control --reload, then plug the board in again."
    ) in str(error)


def test_a_group_that_was_joined_just_now_needs_a_new_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_errors, "_group_of", lambda device: "dialout")
    monkeypatch.setattr(port_errors, "_is_member", lambda group: group == "dialout")
    monkeypatch.setattr(sys, "platform", "linux")
    error = port_errors.port_error(serial.SerialException(errno.EACCES, "denied"), "/dev/ttyACM0", 9600)
    assert error.to_do == "You are in the group dialout, but not since you logged in: log out and in again."


@pytest.mark.parametrize(
    ("holder", "runs", "words"),
    [
        ("ModemManager (process 7)", True, "wait ten seconds, or run: sudo systemctl stop ModemManager"),
        ("", True, "ModemManager runs here and may be it"),
        ("", False, "Close the serial monitor"),
        ("arduino-ide (process 8)", True, "Close arduino-ide (process 8)"),
    ],
)
def test_who_holds_a_port_decides_what_to_do(
    monkeypatch: pytest.MonkeyPatch, holder: str, runs: bool, words: str
) -> None:
    monkeypatch.setattr(port_errors, "holder_of", lambda device: holder)
    monkeypatch.setattr(port_errors, "_is_running", lambda name: runs)
    error = port_errors.port_error(serial.SerialException(errno.EBUSY, "busy"), "/dev/ttyACM0", 9600)
    assert error.what == "Another program holds this port."
    assert words in (error.to_do or "")


def test_running_programs_are_found_by_name() -> None:
    own = Path(f"/proc/{os.getpid()}/comm")
    if own.exists():
        assert port_errors._is_running(own.read_text().strip())
    assert not port_errors._is_running("no such program")


@pytest.mark.parametrize(
    ("usb_id", "native"),
    [
        ((0x2341, 0x805A), True),  # Nano 33 BLE
        ((0x2341, 0x0043), False),  # Uno: a bridge
        ((0x2E8A, 0x000A), True),
        ((0x2E8A, 0x000C), False),  # a probe with a UART
        ((0x10C4, 0xEA60), False),
        (None, False),
    ],
)
def test_boards_without_a_baud_rate(usb_id: tuple[int, int] | None, native: bool) -> None:
    assert Port("x", "x", usb_id).native_usb is native


def test_no_board_is_sent_to_its_boot_loader_by_opening_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "find_port", lambda name: Port(name, name, (0x2341, 0x805A)))
    with pytest.raises(PortError, match="boot loader"):
        Device(Link("/dev/ttyACM0", LinkSettings(baud=1200))).open("/dev/ttyACM0")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (serial.SerialException(errno.EBUSY, "busy"), "Another program holds"),
        (serial.SerialException(errno.ENOENT, "none"), "no such port"),
        (serial.SerialException("could not open port 'COM9': FileNotFoundError(2, ...)"), "no such port"),
        (ValueError("Failed to set custom baud rate"), "does not take 7 baud"),
        (OSError(errno.EIO, "input/output error"), "cannot be opened"),
    ],
)
def test_each_error_has_its_plain_message(error: Exception, words: str) -> None:
    shown = port_errors.port_error(error, "/dev/ttyX", 7)
    assert words in shown.what
    assert shown.to_do


@pytest.mark.parametrize(
    ("device", "words"),
    [("/dev/tty-that-is-not", "no such port"), ("", "no serial port"), ("socket://127.0.0.1:1", "Nothing answers")],
)
def test_opening_what_is_no_port(device: str, words: str) -> None:
    with pytest.raises(PortError, match=words):
        SerialPort(device, 9600)


def test_opening_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PortError, match="no serial port"):
        SerialPort(str(tmp_path / "file"), 9600)


def test_a_port_that_is_open_elsewhere_names_who_has_it() -> None:
    master, slave = os.openpty()
    first = SerialPort(os.ttyname(slave), 9600)
    try:
        with pytest.raises(PortError, match=rf"holds this port.*process {os.getpid()}"):
            SerialPort(os.ttyname(slave), 9600)
    finally:
        first.close()
        os.close(master)
        os.close(slave)


def test_a_port_reads_what_waits_and_notices_the_pulled_cable() -> None:
    master, slave = os.openpty()
    port = SerialPort(os.ttyname(slave), 115_200)
    os.close(slave)
    assert port.read() == b""
    os.write(master, b"1,2\n")
    assert port.read() == b"1,2\n"
    os.close(master)
    with pytest.raises(SourceLost):
        port.read()
    port.close()
