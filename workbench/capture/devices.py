"""What a device's name leads to: where its bytes come from, and what understands them."""

from __future__ import annotations

from workbench.capture.control_lines import ControlLines
from workbench.capture.microphone import Microphone, is_microphone
from workbench.capture.serial_port import SerialPort
from workbench.capture.source import Source
from workbench.capture.wire.formats import parser_for
from workbench.capture.wire.parser import WireParser
from workbench.capture.wire.sound import PlainSound


def open_device(device: str, baud: int, lines: ControlLines = ControlLines.BOTH) -> Source:
    """An open port, or the microphone. Raises WorkbenchError when it cannot be opened."""
    return Microphone(device) if is_microphone(device) else SerialPort(device, baud, lines)


def parser_of(device: str, format: str | None) -> WireParser:
    """What the device sends: for a port as ``parser_for`` says, for the microphone always plain sound."""
    return PlainSound() if is_microphone(device) else parser_for(format)
