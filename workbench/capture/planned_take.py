"""A take that begins and ends by itself: after a trigger, with what came before it, and after a fixed time.

Both are counted in readings where these arrive, so that every take of a series has the same number of rows.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from workbench.capture.rate import Rate
from workbench.capture.recorder import Recorder, TakePlan
from workbench.capture.status import Take, TakeStage
from workbench.capture.wire.parser import Rows


@dataclass(frozen=True)
class _Lump:
    """Rows that were read at once."""

    rows: Rows
    lost: int
    read_s: float
    rate: Rate | None

    def __len__(self) -> int:
        return len(self.rows.values)

    def part(self, start: int, stop: int) -> _Lump:
        """Some of the rows; the last of them came earlier than the last of all."""
        earlier_s = 0.0 if self.rate is None else (len(self) - stop) / self.rate.hz
        return _Lump(self.rows.part(start, stop), self.lost, self.read_s - earlier_s, self.rate)


class PlannedTake:
    """Waits, records and stops as the plan says. A plan without length and trigger records from the first row on.

    A trigger is looked for only when all that is to stand before it has come; a gap starts the waiting anew.
    """

    def __init__(self, plan: TakePlan) -> None:
        self.stage = TakeStage.WAITING if plan.seconds is not None or plan.trigger else TakeStage.RUNNING
        self._plan = plan
        self._recorder = Recorder(plan)
        self._rows_wanted: int | None = None
        self._backlog: deque[_Lump] = deque()
        self._held = 0  # rows in the backlog

    @property
    def rows(self) -> int:
        return self._recorder.rows

    @property
    def problem(self) -> str:
        return self._recorder.problem

    def write(self, rows: Rows, lost: int, read_s: float, rate: Rate | None) -> None:
        """Take rows that were read at ``read_s``, from a stream of this rate, when ``lost`` more were damaged."""
        lump = _Lump(rows, lost, read_s, rate)
        if self.stage is TakeStage.RUNNING:
            self._record(lump)
        elif self.stage is TakeStage.WAITING and rate is not None:  # lengths are counted in readings
            self._wait(lump, rate)

    def _wait(self, lump: _Lump, rate: Rate) -> None:
        trigger = self._plan.trigger
        before = 0 if trigger is None else round(trigger.before_s * rate.hz)
        if self._backlog and self._backlog[-1].rows.channels != lump.rows.channels:
            self._forget()
        start: int | None = 0
        if trigger is not None:
            column = trigger.column(lump.rows.channels)
            previous = (
                float(self._backlog[-1].rows.values[-1, column]) if self._backlog and column is not None else None
            )
            first = max(0, before - self._held)
            start = None if column is None else trigger.crossing(lump.rows.values[:, column], previous, first)
        self._backlog.append(lump)
        at = self._held + (start or 0)
        self._held += len(lump)
        if start is None:
            self._trim(before)
            return
        if self._plan.seconds is not None:
            self._rows_wanted = max(1, before + round(self._plan.seconds * rate.hz))
        self.stage = TakeStage.RUNNING
        skip = at - before
        for one in self._backlog:
            if skip < len(one):
                self._record(one.part(max(skip, 0), len(one)))
            skip -= len(one)
        self._forget()

    def _trim(self, keep: int) -> None:
        """Forget what lies further back than ``keep`` rows; the last lump stays, for the value before the next."""
        while len(self._backlog) > 1 and self._held - len(self._backlog[0]) >= keep:
            self._held -= len(self._backlog.popleft())

    def _forget(self) -> None:
        self._backlog.clear()
        self._held = 0

    def _record(self, lump: _Lump) -> None:
        if self._rows_wanted is not None:
            room = self._rows_wanted - self._recorder.rows
            if room <= 0:
                self.stage = TakeStage.COMPLETE
                return
            if len(lump) > room:
                lump = lump.part(0, room)
        self._recorder.write(lump.rows, lump.lost, lump.read_s, lump.rate)
        if self._rows_wanted is not None and self._recorder.rows >= self._rows_wanted:
            self.stage = TakeStage.COMPLETE

    def keep_safe(self, now_s: float) -> None:
        """Call often: what arrived is in the hands of the operating system within half a second."""
        self._recorder.keep_safe(now_s)

    def end_part(self) -> None:
        """Readings are missing here."""
        self._forget()
        if self.stage is not TakeStage.COMPLETE:
            self._recorder.end_part()

    def close(self, bad_lines: int) -> Take:
        """Finish the files. ``bad_lines`` were lost while the take ran."""
        return self._recorder.close(bad_lines)
