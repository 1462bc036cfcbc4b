"""A take on its way to disk: one file for each stretch without a gap, written as it comes."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.capture.clock import COMPUTER, GIVEN, NOBODYS
from workbench.capture.common_rate import with_common_rate
from workbench.capture.device_clock import add_rows
from workbench.capture.rate import Rate, RateFit
from workbench.capture.status import Missing, Take, TakePart
from workbench.capture.take_notes import note_of_take
from workbench.capture.trigger import Trigger
from workbench.capture.wire.parser import Rows
from workbench.errors import BadProject
from workbench.project.model import Channel
from workbench.project.samples import FileDescription, SamplesWriter, count_rows, describe

_FLUSH_S = 0.25
_WAIT_FOR_RATE_S = 1.0  # a file begins with its rate, so it is begun when that is known, or after this time
_UNKNOWN_HZ = 1.0  # a file needs a rate: that of a single reading in the time above


@dataclass(frozen=True)
class PicturePlan:
    """How many pictures (0: until the take is ended), and one each how many seconds (0: all that come)."""

    count: int
    every_s: float
    first_number: int = 1  # of their names


@dataclass(frozen=True)
class TakePlan:
    """Where a take goes and what it is called; ``source`` says where it came from, for the recording's entry.

    With a ``trigger`` it begins by itself. ``seconds`` is its length, after the trigger; None: until it is ended.
    With ``pictures`` it is a take of pictures, else of readings.
    """

    path: Path
    label: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    source: str = ""
    seconds: float | None = None
    trigger: Trigger | None = None
    pictures: PicturePlan | None = None

    def picture_name(self, number: int) -> str:
        """What a picture of the take is called, counted from 1."""
        first = self.pictures.first_number if self.pictures else 1
        return f"{self.label or 'picture'} {first + number - 1}"

    def part_path(self, number: int) -> Path:
        """The file of a part, counted from 1."""
        return self.path if number == 1 else self.path.with_stem(f"{self.path.stem}-{number}")

    def part_name(self, number: int) -> str:
        """What the recording of a part is called."""
        name = self.name or self.label or "take"
        return name if number == 1 else f"{name}, part {number}"


class _Part:
    """One stretch without a gap."""

    def __init__(self, plan: TakePlan, number: int, channels: tuple[Channel, ...]) -> None:
        self.channels = channels
        self.rows = 0
        self.path = plan.part_path(number)
        self._plan = plan
        self._name = plan.part_name(number)
        self._created = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        self._fit = RateFit()
        self._device_fit: RateFit | None = None
        self._device_s: tuple[float, float] | None = None  # of the first and the last row
        self._missing: list[Missing] = []
        self._stream_rate: Rate | None = None
        self._first_s = self._last_s = 0.0  # when the first and the last rows were read
        self._readings = 0  # the rows, and those that were damaged: they took their time too
        self._first_readings = 0
        self._waiting: list[NDArray[np.float32]] = []
        self._writer: SamplesWriter | None = None
        self._flushed_s = 0.0

    def write(self, rows: Rows, lost: int, read_s: float, rate: Rate | None) -> None:
        """Add rows that were read at ``read_s``, from a stream of this rate, when ``lost`` more were damaged."""
        if lost and self._readings:
            self._missing.append(Missing(self.rows, lost))
            self._readings += lost
        self._note_times(rows)
        self.rows += len(rows)
        self._readings += len(rows)
        self._last_s = read_s
        if not self._first_readings:
            self._first_s, self._first_readings = read_s, self._readings
        self._fit.add(self._readings, read_s)
        self._stream_rate = rate
        if self._writer is None:
            self._waiting.append(rows.values)
        else:
            self._writer.write(rows.values)

    def _note_times(self, rows: Rows) -> None:
        """Follow the board's clock as long as every row has it."""
        if rows.device_s is None:
            self._device_fit = self._device_s = None
            return
        if not self.rows:
            self._device_fit, self._device_s = RateFit(rows.clock), (float(rows.device_s[0]), 0.0)
        if self._device_fit is not None and self._device_s is not None:
            add_rows(self._device_fit, rows, self._readings)
            self._device_s = self._device_s[0], float(rows.device_s[-1])

    def keep_safe(self, now_s: float) -> None:
        """Begin the file as soon as its rate is known, and hand what is buffered to the system."""
        if self._writer is None:
            if self._stream_rate is None and now_s - self._first_s < _WAIT_FOR_RATE_S:
                return
            self._begin_file()
        if self._writer is not None and now_s - self._flushed_s >= _FLUSH_S:
            self._writer.flush()
            self._flushed_s = now_s

    def _begin_file(self) -> None:
        rate = self.rate()
        description = FileDescription(
            channels=self.channels,
            rate_hz=rate.hz if rate else _UNKNOWN_HZ,
            name=self._name,
            label=self._plan.label,
            metadata=dict(self._plan.metadata),
            source=self._plan.source,
            created=self._created,
        )
        self._writer = SamplesWriter(self.path, description)
        for values in self._waiting:
            self._writer.write(values)
        self._waiting = []

    def rate(self) -> Rate | None:
        """The rate by the board's clock where it has one, else by this computer's, as sure as it is known.

        Of the part's own line and the whole stream's it is the surer. Without either the rows over the time they
        took; None when all came at one read. A rate that was set stands above them all.
        """
        if self._stream_rate is not None and self._stream_rate.clock is GIVEN:
            return self._stream_rate
        own = None if self._device_fit is None else self._device_fit.rate()
        fits = [fit for fit in (own, self._fit.rate(), self._stream_rate) if fit is not None]
        by_board = [fit for fit in fits if self._device_fit is not None and fit.clock is not COMPUTER]
        if fits:
            return min(by_board or fits, key=lambda fit: fit.plus_minus_hz / fit.hz)
        seconds, readings = self._last_s - self._first_s, self._readings - self._first_readings
        return Rate(readings / seconds, math.inf, 0.0, 0.0) if readings and seconds > 0 else None

    def gap_after(self, previous: _Part) -> float:
        """How long nothing was recorded between two parts, s."""
        by_host = self._first_s - previous._last_s
        if self._device_s is None or previous._device_s is None:
            return by_host
        by_board = self._device_s[0] - previous._device_s[1]
        return by_board if by_board >= 0 else by_host  # it falls where the board has started anew

    def close(self) -> TakePart:
        """The finished file. When its rows came all at once and nothing tells their rate, it is kept without one."""
        rate = self.rate()
        if self._writer is None:
            self._begin_file()
        assert self._writer is not None  # noqa: S101 - it has just been begun
        self._writer.close()
        hz, clock = (_UNKNOWN_HZ, NOBODYS) if rate is None else (rate.hz, rate.clock)
        known = None if rate is None or math.isinf(rate.plus_minus_hz) else rate.plus_minus_hz
        return TakePart(self.path, self._name, self.channels, hz, known, self.rows, clock, tuple(self._missing))


class Recorder:
    """Writes one take. Trouble with the disk ends the writing and keeps what is written; ``problem`` says so."""

    def __init__(self, plan: TakePlan) -> None:
        self.problem = ""
        self.rows = 0
        self._plan = plan
        self._parts: list[TakePart] = []
        self._part: _Part | None = None
        self._before: _Part | None = None  # the part that was finished last

    def write(self, rows: Rows, lost: int, read_s: float, rate: Rate | None) -> None:
        """Add rows that were read at ``read_s``; ``lost`` more were damaged. New channels, new part.

        ``rate`` is the stream's.
        """
        if self.problem:
            return
        if self._part is not None and self._part.channels != rows.channels:
            self.end_part()
        if self._part is None:
            self._part = _Part(self._plan, len(self._parts) + 1, rows.channels)
        with self._disk_trouble_noted():
            self._part.write(rows, lost, read_s, rate)
            self.rows += len(rows)

    def rate(self) -> Rate | None:
        """That the part under way would have if it ended now; None when there is none, or nobody can tell."""
        return None if self._part is None else self._part.rate()

    def keep_safe(self, now_s: float) -> None:
        """Call often: what arrived is in the hands of the operating system within half a second."""
        if self._part is not None and not self.problem:
            with self._disk_trouble_noted():
                self._part.keep_safe(now_s)

    def end_part(self) -> None:
        """Readings are missing here: what comes next goes to a file of its own."""
        part, self._part = self._part, None
        if part is None:
            return
        finished: TakePart | None = None
        with self._disk_trouble_noted():
            finished = part.close()
        if finished is None and self.problem:
            finished = part_on_disk(part.path)
        if finished is None:
            self.rows -= part.rows  # the disk has taken nothing of it
            return
        gap_s = None if self._before is None else part.gap_after(self._before)
        self._parts.append(dataclasses.replace(finished, gap_before_s=gap_s))
        self._before = part

    def close(self, bad_lines: int) -> Take:
        """Finish the files. ``bad_lines`` were lost while the take ran."""
        self.end_part()
        return take_of(self._plan, with_common_rate(self._parts), bad_lines, self.problem)

    @contextlib.contextmanager
    def _disk_trouble_noted(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.problem = f"The recording stopped: {error.strerror or error}. What was written before is kept."


def take_of(plan: TakePlan, parts: list[TakePart], bad_lines: int, problem: str) -> Take:
    """The finished take, with a note on what is wrong with it."""
    return Take(plan.label, dict(plan.metadata), tuple(parts), bad_lines, note_of_take(parts, bad_lines, problem))


def take_on_disk(plan: TakePlan) -> Take:
    """What a recorder that was killed has left of a take."""
    parts: list[TakePart] = []
    while (path := plan.part_path(len(parts) + 1)).exists():
        part = part_on_disk(path)
        if part is None:
            break
        parts.append(part)
    return take_of(plan, parts, 0, "The capture process ended unexpectedly; the take is kept up to its last second.")


def part_on_disk(path: Path) -> TakePart | None:
    """What can be read of a file that was not finished; None when that is nothing."""
    try:
        about, rows = describe(path), count_rows(path)
    except BadProject:
        return None
    if not rows or about.rate_hz is None:
        return None
    return TakePart(path, about.name, about.channels, about.rate_hz, None, rows)
