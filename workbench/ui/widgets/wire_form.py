"""How what comes is understood: found out, or as somebody says, in force at once and remembered for each port."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractSpinBox, QVBoxLayout, QWidget

from workbench import fields, settings
from workbench.capture.link import AUTO, LinkSettings
from workbench.capture.status import CaptureStatus
from workbench.capture.wire.binary import BinaryFrame
from workbench.errors import BadSetting
from workbench.ui import theme
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.settings_form import SettingsForm

_UNDERSTANDING = ("format", "separator", "channel_names", "time_column", "rate_hz")
_WORDS = {
    AUTO: "found by itself",
    "lines": "delimited lines",
    "labelled": "label:value lines",
    "stamped": "time stamped lines",
    "binary": "binary frames",
    "native": "native frames",
    "sensiml": "SensiML simple stream",
    "blank": "space or tab",
    "none": "none",
    "s": "first, in s",
    "ms": "first, in ms",
    "us": "first, in µs",
}
_NAMES = "as found: x (g), y (g), …"
_REMEMBERED = "understanding"  # by port


class WireForm(QWidget):
    """Format, separator, channel names and rate; and the layout of binary frames where that is the format.

    ``changed`` says that somebody has changed a thing; ``put_into`` and ``frame`` tell what holds.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._port = ""
        self._found: BinaryFrame | None = None
        self.wire = SettingsForm(LinkSettings(), only=_UNDERSTANDING, words=_WORDS)
        rate = self.wire.editor("rate_hz")
        if isinstance(rate, QAbstractSpinBox):
            rate.setSpecialValueText("measured")
        self.layout_title = words("Layout of a frame", "muted")
        self.layout_form = SettingsForm(BinaryFrame())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        for widget in (self.wire, self.layout_title, self.layout_form):
            column.addWidget(widget)
        self.wire.changed.connect(self._wire_changed)
        self.layout_form.changed.connect(lambda _value: self._tell())
        self.wire.set_placeholder("channel_names", _NAMES)
        self._show_rows()

    @property
    def frame(self) -> BinaryFrame | None:
        """The layout, where binary frames are what somebody says."""
        frame: BinaryFrame = self.layout_form.value
        return frame if self.wire.value.format == "binary" else None

    def put_into(self, link: LinkSettings) -> LinkSettings:
        """The settings of a connection with what is set here."""
        return dataclasses.replace(link, **{name: getattr(self.wire.value, name) for name in _UNDERSTANDING})

    def recall(self, port: str) -> None:
        """What was set for this port the last time; nothing is told."""
        if port == self._port:
            return
        self._port, self._found = port, None
        kept = _all_kept().get(port, {})
        self.wire.set_value(_restored(LinkSettings, kept.get("wire")))
        self.layout_form.set_value(_restored(BinaryFrame, kept.get("frame")))
        self._show_rows()

    def show_status(self, status: CaptureStatus) -> None:
        """What was found stands where nothing is set."""
        self._found = status.frame or self._found
        names = [f"{one.name} ({one.unit})" if one.unit else one.name for one in status.channels]
        self.wire.set_placeholder("channel_names", ", ".join(names) or _NAMES)

    def _wire_changed(self, value: LinkSettings) -> None:
        if value.format == "binary" and self._found is not None and self.layout_form.value == BinaryFrame():
            self.layout_form.set_value(self._found)  # to begin with
        self._show_rows()
        self._tell()

    def _show_rows(self) -> None:
        binary = self.wire.value.format == "binary"
        self.wire.set_row_visible("separator", self.wire.value.format in (AUTO, "lines"))
        self.layout_title.setVisible(binary)
        self.layout_form.setVisible(binary)

    def _tell(self) -> None:
        if self._port:
            wire = {name: value for name, value in fields.to_json(self.wire.value).items() if name in _UNDERSTANDING}
            kept = {"wire": wire, "frame": fields.to_json(self.layout_form.value)}
            settings.remember(_REMEMBERED, _all_kept() | {self._port: kept})
        self.changed.emit()


def _all_kept() -> dict[str, dict[str, Any]]:
    kept = settings.preference(_REMEMBERED, {})
    return {port: one for port, one in kept.items() if isinstance(one, dict)} if isinstance(kept, dict) else {}


def _restored(cls: type[Any], kept: Any) -> Any:
    """Settings as they were kept; as at first where they cannot be read."""
    try:
        return fields.from_json(cls, kept) if isinstance(kept, Mapping) else cls()
    except BadSetting:
        return cls()
