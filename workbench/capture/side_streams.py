"""The streams of a link that are recorded beside the one that is looked at, such as sound beside motion."""

from __future__ import annotations

import dataclasses

from workbench.capture.planned_take import PlannedTake
from workbench.capture.recorder import TakePlan
from workbench.capture.status import TakePart
from workbench.capture.stream_time import StreamTime
from workbench.capture.wire.parser import Rows
from workbench.project.model import Channel


def in_words(channels: tuple[Channel, ...]) -> str:
    """The channels of a stream as one says them: ``ax, ay, az`` or ``sound``."""
    names = ", ".join(channel.name for channel in channels[:3])
    return f"{names}, …" if len(channels) > 3 else names


class _SideStream:
    """One of them, with times of its own and, while a take runs, files of its own."""

    def __init__(self, channels: tuple[Channel, ...]) -> None:
        self.channels = channels
        self.recorder: PlannedTake | None = None
        self._time = StreamTime()
        self._lost = 0

    def write(self, rows: Rows, lost_so_far: int, read_s: float) -> None:
        lost, self._lost = lost_so_far - self._lost, lost_so_far
        self.channels = rows.channels
        for stretch in self._time.stretches(rows, lost, read_s):
            if stretch.gap:
                self.start_over()
            _, changed = self._time.add(stretch)
            if self.recorder is not None:
                if changed:
                    self.recorder.end_part()
                self.recorder.write(stretch.rows, stretch.lost, stretch.read_s, self._time.rate)

    def start_over(self) -> None:
        """Readings are missing here."""
        self._time.start_over()
        if self.recorder is not None:
            self.recorder.end_part()


class SideStreams:
    """Recorded as soon as the take of the stream in view is running, and as long; that one alone knows triggers."""

    def __init__(self) -> None:
        self._streams: dict[int, _SideStream] = {}
        self._plan: TakePlan | None = None

    @property
    def titles(self) -> dict[int, str]:
        """Each stream's number and what it carries."""
        return {number: in_words(stream.channels) for number, stream in self._streams.items()}

    def forget(self, number: int) -> None:
        """This stream is looked at from now on."""
        self._streams.pop(number, None)

    def write(self, rows: Rows, lost_so_far: int, read_s: float, *, running: bool) -> None:
        """Rows that were read at ``read_s``, of which ``lost_so_far`` in all came damaged; recorded if ``running``."""
        stream = self._streams.setdefault(rows.stream, _SideStream(rows.channels))
        if running and self._plan is not None and stream.recorder is None:
            stream.recorder = PlannedTake(_plan_for(self._plan, rows))
        stream.write(rows, lost_so_far, read_s)

    def begin_take(self, plan: TakePlan) -> None:
        """Record as soon as the take of the stream in view is running."""
        self._plan = plan

    def keep_safe(self, now_s: float) -> None:
        """Call often: what arrived is in the hands of the operating system within half a second."""
        for stream in self._streams.values():
            if stream.recorder is not None:
                stream.recorder.keep_safe(now_s)

    def start_over(self) -> None:
        """The source broke off."""
        for stream in self._streams.values():
            stream.start_over()

    def end_take(self) -> tuple[TakePart, ...]:
        """Finish the files."""
        self._plan = None
        parts: list[TakePart] = []
        for stream in self._streams.values():
            if stream.recorder is not None:
                parts += stream.recorder.close(0).parts
                stream.recorder = None
        return tuple(parts)


def _plan_for(plan: TakePlan, rows: Rows) -> TakePlan:
    path = plan.path.with_stem(f"{plan.path.stem}-stream{rows.stream}")
    name = f"{plan.part_name(1)}, {in_words(rows.channels)}"
    return dataclasses.replace(plan, path=path, name=name, trigger=None)
