"""What a link leads to: where its bytes come from, what understands them, and whose time it is."""

from __future__ import annotations

import time

from workbench import fields
from workbench.capture.link import AUTO, Link
from workbench.capture.microphone import Microphone, is_microphone
from workbench.capture.native_usb import TOUCH_BAUD
from workbench.capture.ports import find_port
from workbench.capture.replayed_log import LogTime, ReplayedLog, is_log
from workbench.capture.serial_port import SerialPort
from workbench.capture.source import Source
from workbench.capture.wire.formats import parser_for
from workbench.capture.wire.parser import WireParser
from workbench.capture.wire.sound import PlainSound
from workbench.errors import PortError


class Device:
    """A port, the microphone or a log. Raises BadSetting when a setting of the link is out of bounds."""

    def __init__(self, link: Link) -> None:
        fields.check(link.settings)
        self.name = link.device
        self._link = link
        self._log_time = LogTime() if is_log(link.device) else None

    def now(self) -> float:
        """The time in s: this computer's, or the one in the log."""
        return time.monotonic() if self._log_time is None else self._log_time.now_s

    def open(self, name: str) -> Source:
        """Open what may have another name by now. Raises WorkbenchError when it cannot be opened."""
        settings = self._link.settings
        if self._log_time is not None:
            return ReplayedLog(name, settings, self.parser, self._log_time)
        if is_microphone(name):
            return Microphone(name)
        port = find_port(name) if settings.baud == TOUCH_BAUD else None
        if port is not None and port.native_usb:
            raise PortError(
                f"{TOUCH_BAUD} baud would send this board to its boot loader.", where=name, to_do="Take another rate."
            )
        return SerialPort(name, settings.baud, settings.control_lines)

    def parser(self) -> WireParser:
        """What the device sends: for the microphone always plain sound, else as the settings say."""
        if is_microphone(self.name):
            return PlainSound()
        settings = self._link.settings
        separator = None if settings.separator == AUTO else settings.separator
        return parser_for(settings.wire_format, self._link.frame, separator)

    def read_as(self, link: Link) -> None:
        """What ``parser`` makes follows these settings from now on, and so does the next ``open``."""
        fields.check(link.settings)
        self._link = link
