"""What is opened, and how: the settings of a connection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.capture.control_lines import ControlLines
from workbench.capture.time_column import CHOICES
from workbench.capture.wire.binary import BinaryFrame
from workbench.capture.wire.delimited import SEPARATORS
from workbench.capture.wire.formats import FORMATS
from workbench.fields import setting

DEFAULT_BAUD = 115_200
HIGHEST_BAUD = 20_000_000
AUTO = "auto"


@dataclass(frozen=True)
class LinkSettings:
    """How a device is opened and understood."""

    # Any whole number may be tried: native USB takes no notice, and UARTs differ.
    baud: int = setting(
        DEFAULT_BAUD, title="Baud rate", low=1, high=HIGHEST_BAUD, help="Bits a second, as in the sketch's Serial.begin"
    )
    format: str = setting(AUTO, choices=(AUTO, *FORMATS), help="What the board sends; auto finds out")
    separator: str = setting(
        AUTO,
        choices=(AUTO, *SEPARATORS),
        help="What stands between the values of a delimited line; auto finds out, anything else means such lines",
    )
    lines: str = setting(
        ControlLines.BOTH.value,
        title="DTR and RTS",
        choices=tuple(lines.value for lines in ControlLines),
        help="Which control lines are on while the port is open: many boards restart when DTR comes, boards with "
        "native USB often send only while it is there",
    )
    channel_names: tuple[str, ...] = setting(
        (), help='What the channels are called, in their order, a unit in brackets behind: "ax (g)"'
    )
    time_column: str = setting(
        AUTO,
        choices=CHOICES,
        help="The board's clock among the values of a line: found by a name that says its unit, such as time (ms) or "
        "millis; none of them; or the first value, in this unit",
    )
    rate_hz: float = setting(
        0.0,
        title="Rate",
        unit="Hz",
        low=0.0,
        high=1e6,
        help="Readings a second, where that is known better than it can be measured; 0: measured",
    )
    speed: float = setting(
        1.0,
        low=0.0,
        high=1000.0,
        help="Of a replayed log: so many times as fast as it was written; 0: as fast as possible",
    )

    @property
    def wire_format(self) -> str | None:
        """The id of the wire format; None when it is to be found out."""
        if self.format == AUTO:
            return None if self.separator == AUTO else "lines"
        return self.format

    @property
    def control_lines(self) -> ControlLines:
        """What DTR and RTS are set to."""
        return ControlLines(self.lines)


@dataclass(frozen=True)
class Link:
    """A connection: a port, a URL that pyserial knows, ``microphone`` or ``replay:FILE``.

    ``frame`` is the layout of binary frames, when that is the format. What comes is also kept as it is in
    ``raw_log``.
    """

    device: str
    settings: LinkSettings = LinkSettings()
    frame: BinaryFrame | None = None
    raw_log: Path | None = None

    @property
    def understanding(self) -> tuple[str | None, str, str, BinaryFrame | None]:
        """What decides how bytes become readings."""
        settings = self.settings
        frame = self.frame if settings.format == "binary" else None
        return settings.wire_format, settings.separator, settings.time_column, frame
