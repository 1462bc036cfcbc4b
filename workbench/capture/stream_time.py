"""When readings were taken: by the clock the stream carries where that can be believed, else by this computer's.

The even times for the live view are always this computer's; the recorded rate and the gaps are the board's where it
has a clock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workbench.capture.clock import GIVEN
from workbench.capture.device_clock import DeviceClock
from workbench.capture.rate import Rate
from workbench.capture.timeline import Timeline
from workbench.capture.wire.parser import Rows
from workbench.quantities import quantity

_BELIEVED = 0.1  # a clock that is further off is none: a counter, or a unit that was guessed wrongly
_JITTER_DIGITS = 6  # of the seconds: a replayed log is read without any but that of rounding
_SURELY = 3  # half widths of the 95 % interval


@dataclass(frozen=True)
class Stretch:
    """Rows that follow each other, ``lost`` more damaged ones among them, the last of them read at ``read_s``.

    ``gap`` says what is known of the readings missing ahead of them; "" when none are.
    """

    rows: Rows
    lost: int
    read_s: float
    gap: str = ""


class StreamTime:
    """Follows one stream; ``start_over`` where readings are missing."""

    def __init__(self, given_hz: float = 0.0) -> None:
        """``given_hz`` is the rate by somebody who knows; 0 for one that is measured."""
        self.doubt = ""  # why the clock of the stream is not believed
        self._given_hz = given_hz
        self.start_over()

    def start_over(self) -> None:
        """What comes next has nothing to do with what came; only the doubt stays."""
        self._host = Timeline()
        self._device = DeviceClock()
        self._read_s: float | None = None

    @property
    def rate(self) -> Rate | None:
        """The rate that was given, else by the better clock."""
        measured = self._device.rate or self._host.rate
        if self._given_hz:  # known from the first reading on
            measured = measured or Rate(self._given_hz, 0.0, 0.0, 0.0)
            return dataclasses.replace(measured, hz=self._given_hz, plus_minus_hz=0.0, clock=GIVEN)
        return measured

    @property
    def jitter_s(self) -> float | None:
        """The root mean square distance of the reads from an even beat."""
        return round(self._host.rate.jitter_s, _JITTER_DIGITS) if self._host.rate else None

    def stretches(self, rows: Rows, lost: int, read_s: float, *, printed: str = "") -> Iterator[Stretch]:
        """The rows of one read, divided where readings are missing. Call ``add`` with each before taking the next.

        ``printed`` is what the board wrote for people since the rows before, as it does when it starts anew.
        """
        if self.doubt:
            rows = dataclasses.replace(rows, device_s=None)
        gaps = self._jumps(rows) or self._silence(
            len(rows), lost, read_s, printed
        )  # the stream's own clock knows better where
        for start, stop in pairwise(sorted({0, len(rows), *gaps})):
            later_s = 0.0 if rows.device_s is None else max(0.0, float(rows.device_s[-1] - rows.device_s[stop - 1]))
            yield Stretch(rows.part(start, stop), 0 if start else lost, read_s - later_s, gaps.get(start, ""))

    def _silence(self, count: int, lost: int, read_s: float, printed: str) -> dict[int, str]:
        """A gap ahead of the rows by this computer's clock, or by the count of what is missing."""
        if printed and self._host.gap_before(count + lost, read_s, explained=True):
            return {0: f"The board has started anew, it seems: it printed “{printed}”."}
        if self._host.gap_before(count + lost, read_s):
            return {0: f"The board was silent for {quantity(read_s - (self._read_s or read_s), 's')}."}
        if self._host.rate is not None and lost / self._host.rate.hz > self._host.tolerance():
            return {0: f"{lost:,} readings are missing."}
        return {}

    def _jumps(self, rows: Rows) -> dict[int, str]:
        """The places where the stream's own clock jumps, and what that means."""
        return {
            place: "The board has started anew." if step_s < 0 else f"Readings of {quantity(step_s, 's')} are missing."
            for place, step_s in self._device.jumps(rows)
        }

    def add(self, stretch: Stretch) -> tuple[NDArray[np.float64], bool]:
        """Even times in s by this computer's clock (n,), and whether the rate has just become another one."""
        had_rate = self._host.rate is not None
        times = self._host.add(len(stretch.rows), stretch.read_s, lost=stretch.lost)
        changed = self._device.add(stretch.rows, lost=stretch.lost) or (had_rate and self._host.rate is None)
        self._read_s = stretch.read_s
        return times, changed

    def doubt_clock(self) -> str:
        """Compare the clocks: says once what is wrong when the stream's cannot be one, and goes on without it."""
        host, device = self._host.rate, self._device.rate
        if self.doubt or host is None or device is None:
            return ""
        if abs(device.hz - host.hz) <= _BELIEVED * host.hz + _SURELY * host.plus_minus_hz:
            return ""
        self.doubt = (
            f"By {device.clock.words} it is {quantity(device.hz, 'Hz')}, but {quantity(host.hz, '')} readings come in "
            "a second: this computer's clock is used."
        )
        self._device = DeviceClock()
        return self.doubt
