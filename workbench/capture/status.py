"""What a capture session tells about itself, and what a take leaves behind: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from workbench.capture.clock import COMPUTER, Clock
from workbench.capture.wire.binary import BinaryFrame
from workbench.project.model import Channel


class CaptureState(StrEnum):
    """Where a session is; it goes round between the first four until it is stopped."""

    CONNECTING = "connecting"  # the port is not open yet; the message says why when that lasts
    WAITING = "waiting"  # the port is open, no samples have come yet
    RECEIVING = "receiving"
    LOST = "lost"  # the port went away; it is opened again as soon as it is back
    ENDED = "ended"


class TakeStage(StrEnum):
    """How far a take has come that begins or ends by itself; one that does not is running at once."""

    WAITING = "waiting"  # for the trigger, or for what is to stand before it
    RUNNING = "running"
    COMPLETE = "complete"  # its length is reached; it is still to be ended


@dataclass(frozen=True)
class SeenGap:
    """A place of the live signal, in seconds since the session started, ahead of which readings are missing.

    So many of them, 0 where nobody knows, for so long.
    """

    at_s: float
    readings: int
    seconds: float


@dataclass(frozen=True)
class CaptureStatus:
    """A snapshot, taken about ten times a second.

    ``message`` is what a person should know now ("" when all is well). Counters run from the start of
    the session. ``recording_rows`` is None while no take runs.
    """

    state: CaptureState
    message: str = ""
    port: str = ""
    format: str = ""
    frame: BinaryFrame | None = None  # the layout of binary frames, found or set
    channels: tuple[Channel, ...] = ()
    rate_hz: float | None = None
    rate_plus_minus_hz: float | None = None  # half width of the 95 % interval
    frames: int = 0  # readings understood, one row each
    bad_lines: int = 0  # readings that could not be used
    text_lines: int = 0  # boot text, log lines, headers: skipped
    checksum_errors: int = 0  # of the readings that could not be used
    sequence_gaps: int = 0  # places where the board's own numbers jump
    missing: int = 0  # readings that those numbers say were sent and never understood
    declared_hz: float | None = None  # the rate that the board says it has
    driver_drops: int | None = None  # times that the driver lost bytes; None where it does not tell
    damaged_bytes: int | None = None  # with a framing or parity error, by the driver
    bytes: int = 0
    other_formats: int = 0  # times that the board turned out to send in another format than before
    gaps: int = 0  # silences and losses of the port in which readings are missing
    seen_gaps: tuple[SeenGap, ...] = ()  # the newest places where readings are missing, damaged ones among them
    recording_rows: int | None = None
    take_stage: TakeStage | None = None  # None while there is no take
    awaited: str = ""  # what a take that has not begun waits for, and how far the signal is from it
    take_number: int = 0  # of the last take that was begun, counted from 1
    jitter_s: float | None = None  # root mean square distance of the reads from an even beat
    pictures: int = 0  # whole ones
    pictures_lost: int = 0  # that the board's own numbers say were sent and never came whole
    picture_shape: tuple[int, int, int] | None = None  # of the newest: height, width, colours
    picture_hz: float | None = None  # how many come in a second
    streams: tuple[str, ...] = ()  # where one link carries several: the channels of each in words
    shown_stream: int = 0  # the place in `streams` of the one that is looked at; all are recorded
    last_text: tuple[str, ...] = ()  # the newest skipped lines, control characters made visible

    @property
    def recording(self) -> bool:
        """Whether a take is running."""
        return self.recording_rows is not None


@dataclass(frozen=True)
class Missing:
    """Readings that were sent and could not be recorded, ahead of a row of the part (counted from 0).

    The row is known to one read of the port: a few hundredths of a second.
    """

    row: int
    readings: int


@dataclass(frozen=True)
class TakePart:
    """One stretch of a take without a gap and with the same channels throughout, in its own file."""

    path: Path
    name: str
    channels: tuple[Channel, ...]
    rate_hz: float
    rate_plus_minus_hz: float | None  # None when the part is too short to tell
    rows: int
    clock: Clock = COMPUTER  # that the rate is by
    missing: tuple[Missing, ...] = ()  # too short for a part of its own each
    gap_before_s: float | None = None  # between the part before and this one


@dataclass(frozen=True)
class TakenPicture:
    """A picture of a take, in the order of the file."""

    name: str
    shape: tuple[int, int, int]  # height, width, colours


@dataclass(frozen=True)
class Take:
    """What was recorded between begin_take and end_take: a gap or a change of channels starts a new part."""

    label: str
    metadata: dict[str, str] = field(default_factory=dict)
    parts: tuple[TakePart, ...] = ()
    bad_lines: int = 0  # that arrived while the take ran
    note: str = ""  # what the person should know about it
    pictures: tuple[TakenPicture, ...] = ()
    picture_file: Path | None = None

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels of the first part."""
        return self.parts[0].channels if self.parts else ()

    @property
    def rate_hz(self) -> float | None:
        """The rate of the longest part, in Hz."""
        return max(self.parts, key=lambda part: part.rows).rate_hz if self.parts else None
