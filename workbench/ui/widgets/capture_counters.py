"""What a capture has counted, below each other."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from workbench.capture.status import CaptureStatus
from workbench.quantities import NOTHING, kilobytes, with_prefix, with_uncertainty
from workbench.ui.widgets.counter_list import CounterList

_COUNTERS = (
    ("format", "Format", "What the lines look like"),
    ("rate", "Rate", "Readings a second by this computer's clock, and how far off that may be"),
    (
        "jitter",
        "Jitter",
        "How far the reads lie from an even beat (root mean square): USB and the system hand over lumps",
    ),
    ("rows", "Rows", "Readings understood"),
    ("bad", "Bad lines", "Readings that could not be used; never silently dropped"),
    ("text", "Text lines", "Boot log, messages, headers: skipped"),
    ("checksums", "Checksum errors", "Frames that came damaged, of the bad ones"),
    ("sequence", "Sequence gaps", "Places where the board's own numbers jump, and how many readings are missing"),
    (
        "driver",
        "Driver drops",
        "Times that the port's driver lost bytes, and how many came with a framing error; – where it does not tell",
    ),
    ("gaps", "Gaps", "Silences in which readings are missing"),
    ("others", "Format changed", "Times that the board turned out to send in another format than was found before"),
    ("pictures", "Pictures", "Whole pictures, and how many by the board's own numbers never came whole"),
    ("bytes", "Received", "Bytes that came over the port"),
)

_OF_PICTURES = ("pictures",)
_OF_READINGS = ("rate", "jitter", "rows", "sequence")


class CaptureCounters(CounterList):
    """Format, rate and jitter, and everything that was or was not understood."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_COUNTERS, parent)
        self.clear()

    def clear(self) -> None:
        """Nothing has been counted, and nobody knows yet of what."""
        super().clear()
        for key in (*_OF_PICTURES, "others"):
            self.set_visible(key, False)
        for key in _OF_READINGS:
            self.set_visible(key, True)

    def show_status(self, status: CaptureStatus) -> None:
        """Show the counts of a snapshot."""
        show = self.show_value
        show("format", status.format or NOTHING)
        rate_hz, off_hz = status.rate_hz, status.rate_plus_minus_hz
        show("rate", with_uncertainty(rate_hz, off_hz, "Hz") if rate_hz else NOTHING)
        show("jitter", NOTHING if status.jitter_s is None else with_prefix(status.jitter_s, "s"))
        show("rows", f"{status.frames:,}")
        show("bad", f"{status.bad_lines:,}", "warn" if status.bad_lines else "")
        show("text", f"{status.text_lines:,}")
        show("checksums", f"{status.checksum_errors:,}", "warn" if status.checksum_errors else "")
        missing = f" ({status.missing:,} missing)" if status.missing else ""
        show("sequence", f"{status.sequence_gaps:,}{missing}", "warn" if status.sequence_gaps else "")
        show("driver", _by_driver(status), "warn" if status.driver_drops or status.damaged_bytes else "")
        show("gaps", f"{status.gaps:,}", "warn" if status.gaps else "")
        show("others", f"{status.other_formats:,}", "warn")
        self.set_visible("others", status.other_formats > 0)
        lost = f" ({status.pictures_lost:,} lost)" if status.pictures_lost else ""
        show("pictures", f"{status.pictures:,}{lost}", "warn" if status.pictures_lost else "")
        for key in _OF_PICTURES:
            self.set_visible(key, status.picture_shape is not None)
        for key in _OF_READINGS:
            self.set_visible(key, bool(status.channels) or status.picture_shape is None)
        show("bytes", kilobytes(status.bytes))


def _by_driver(status: CaptureStatus) -> str:
    if status.driver_drops is None:
        return NOTHING
    damaged = f" ({status.damaged_bytes:,} damaged)" if status.damaged_bytes else ""
    return f"{status.driver_drops:,}{damaged}"
