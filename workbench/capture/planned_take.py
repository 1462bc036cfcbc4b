"""A take that begins and ends by itself: after a trigger, with what came before it, and after a fixed time.

Both are counted in readings where these arrive, so that the takes of a series are of one length.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from dataclasses import dataclass

from workbench.capture.rate import Rate
from workbench.capture.recorder import Recorder, TakePlan
from workbench.capture.status import Take, TakeStage
from workbench.capture.take_length import TakeLength
from workbench.capture.trigger import Watch
from workbench.capture.wire.parser import Rows
from workbench.quantities import duration


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
    """Waits for its trigger, records and stops as the plan says. A plan without trigger records from the first row on.

    A trigger is looked for only when all that is to stand before it has come; a gap starts the waiting anew.
    """

    def __init__(self, plan: TakePlan) -> None:
        self.stage: TakeStage = TakeStage.RUNNING if plan.trigger is None else TakeStage.WAITING
        self._recorder = Recorder(plan)
        self._length = None if plan.seconds is None else TakeLength(plan.seconds)
        self._watch = None if plan.trigger is None else Watch(plan.trigger)
        self._backlog: deque[_Lump] = deque()
        self._held = 0  # rows in the backlog

    @property
    def rows(self) -> int:
        return self._recorder.rows

    @property
    def problem(self) -> str:
        return self._recorder.problem

    @property
    def awaited(self) -> str:
        """What the take waits for, in words, and how far that is; "" when it waits for nothing."""
        return self._watch.words if self._watch is not None and self.stage is TakeStage.WAITING else ""

    def write(self, rows: Rows, lost: int, read_s: float, rate: Rate | None) -> None:
        """Take rows that were read at ``read_s``, from a stream of this rate, when ``lost`` more were damaged."""
        lump = _Lump(rows, lost, read_s, rate)
        if self.stage is TakeStage.RUNNING:
            self._record(lump)
        elif self.stage is TakeStage.WAITING and rate is not None:  # what stands before is counted in readings
            self._wait(lump, rate)

    def _wait(self, lump: _Lump, rate: Rate) -> None:
        assert self._watch is not None  # noqa: S101 - else there is no waiting
        before = round(self._watch.trigger.before_s * rate.hz)
        if self._backlog and self._backlog[-1].rows.channels != lump.rows.channels:
            self._forget()
        start = self._watch.look(lump.rows, first=max(0, before - self._held))
        self._backlog.append(lump)
        at = self._held + (start or 0)
        self._held += len(lump)
        if start is None:
            self._trim(before)
            return
        if self._length is not None:
            self._length.keep_before(before, rate)
        self.stage = TakeStage.RUNNING
        skip = at - before
        for one in self._backlog:
            if skip < len(one):
                self._record(one.part(max(skip, 0), len(one)))
            skip -= len(one)
        self._forget()

    def _trim(self, keep: int) -> None:
        """Forget what lies further back than ``keep`` rows."""
        while self._backlog and self._held - len(self._backlog[0]) >= keep:
            self._held -= len(self._backlog.popleft())

    def _forget(self) -> None:
        self._backlog.clear()
        self._held = 0
        if self._watch is not None:
            self._watch.forget()

    def _record(self, lump: _Lump) -> None:
        if self.stage is TakeStage.COMPLETE:
            return
        if self._length is not None:
            room = self._length.room(len(lump), lump.lost, lump.read_s, lump.rate, self._recorder.rate)
            lump = lump.part(0, room)
        if len(lump):
            self._recorder.write(lump.rows, lump.lost, lump.read_s, lump.rate)
        self._look_at_length()

    def _look_at_length(self) -> None:
        if self._length is not None and self._length.over:
            self.stage = TakeStage.COMPLETE

    def keep_safe(self, now_s: float) -> None:
        """Call often: what arrived is in the hands of the operating system within half a second."""
        self._recorder.keep_safe(now_s)
        if self._length is not None and self.stage is TakeStage.RUNNING:
            self._length.look(now_s)
            self._look_at_length()

    def end_part(self) -> None:
        """Readings are missing here."""
        self._forget()
        if self._length is not None:
            self._length.gap()
        if self.stage is not TakeStage.COMPLETE:
            self._recorder.end_part()

    def close(self, bad_lines: int) -> Take:
        """Finish the files. ``bad_lines`` were lost while the take ran."""
        take = self._recorder.close(bad_lines)
        if self._length is None or not self._length.ran_out:
            return take
        came_s = sum(part.rows / part.rate_hz for part in take.parts)
        short = f"It was to last {duration(self._length.seconds)}, but readings of only {duration(came_s)} came."
        return dataclasses.replace(take, note=f"{short} {take.note}".strip())
