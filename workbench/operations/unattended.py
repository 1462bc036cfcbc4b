"""A whole capture without a window: takes one after another, or pictures, from a board or a replayed log."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench import fields
from workbench.capture.engine import CaptureEngine
from workbench.capture.link import Link
from workbench.capture.picture_take import MOST_PICTURES
from workbench.capture.raw_log import check_raw_log
from workbench.capture.recorder import TakePlan
from workbench.capture.replayed_log import is_log, log_device
from workbench.capture.status import CaptureState, CaptureStatus, TakeStage
from workbench.capture.take_settings import TakeSettings
from workbench.errors import BadSetting, NotPossible, PortError
from workbench.jobs import Cancelled, Job
from workbench.operations.capture import keep_take, plan_take, with_pictures
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import project_to_change
from workbench.project.store import Project
from workbench.quantities import quantity

_WAIT_FOR_READINGS_S = 15.0
_PROGRESS_S = 0.1
_TELL_AGAIN_S = 2.0

Doing = tuple[str, float | None]  # what is going on, and how much of it is done


@dataclass(frozen=True)
class Captured:
    """The ids of the recordings, one for each part of a take; how many pictures; and what was counted."""

    recordings: tuple[int, ...]
    pictures: int
    status: CaptureStatus


def capture(
    folder: Path,
    link: Link,
    settings: TakeSettings,
    *,
    label: str = "",
    metadata: Mapping[str, str] | None = None,
    job: Job,
) -> Outcome[Captured]:
    """Record as many takes as the settings ask for.

    A single take that nothing triggers lasts its length from the first reading on, to the reading by the rate that it
    is kept with; length 0: until a log has been replayed. Those of a series, and what a trigger begins, are kept one
    by one. When the job is cancelled, what has come of a take is kept as well. Raises PortError when the port cannot
    be opened or nothing that can be recorded comes from it.
    """
    settings = fields.check(settings)
    if not settings.length_s and not is_log(link.device):
        raise BadSetting("A take of a board needs a length.", where="seconds", to_do="Only a replayed log has an end.")
    with _desk(folder, link, label, {**(metadata or {}), **settings.metadata}, job) as desk:
        known = desk.recordings
        several = settings.count > 1 or settings.trigger is not None
        messages = _series(desk, settings) if several else _single(desk, settings)
        new = tuple(sorted(desk.recordings - known))
        return _captured(desk, link, Outcome(new, frozenset({Topic.RECORDINGS}), messages))


def capture_pictures(
    folder: Path,
    link: Link,
    settings: TakeSettings,
    *,
    label: str = "",
    metadata: Mapping[str, str] | None = None,
    job: Job,
) -> Outcome[Captured]:
    """Take as many pictures as the settings ask for, one each ``every_s`` seconds.

    When they stop coming, those taken until then are kept. Raises PortError when none come at all.
    """
    settings, count = fields.check(settings), settings.pictures
    if not count:
        raise BadSetting("A take needs a number of pictures.", where="pictures", to_do=f"1 to {MOST_PICTURES:,}.")
    with _desk(folder, link, label, {**(metadata or {}), **settings.metadata}, job) as desk:
        desk.wait_for_readings()
        if desk.engine.status().picture_shape is None:
            raise PortError("Readings come from the port, but no pictures.", where=link.device)
        desk.count_down(settings.countdown_s)
        desk.engine.begin_take(with_pictures(desk.plan(), desk.project, count, settings.every_s))
        desk.read_while(_Pictures(desk.engine, count).doing)
        take = desk.engine.end_take()
        kept = keep_take(desk.project, take, link.device)
        short = (f"Only {len(take.pictures)} of {count} pictures came.",) if len(take.pictures) < count else ()
        return _captured(desk, link, Outcome((), kept.changed, (*short, *kept.messages)), len(take.pictures))


@dataclass(frozen=True)
class _Desk:
    """What a capture works with from its first take to its last."""

    project: Project
    engine: CaptureEngine
    device: str
    label: str
    metadata: Mapping[str, str]
    job: Job

    def plan(self) -> TakePlan:
        """Of the next take."""
        return plan_take(self.project, self.label, self.metadata, self.device)

    @property
    def recordings(self) -> set[int]:
        """The ids of those that the project has now."""
        return {recording.id for recording in self.project.recordings()}

    def keep(self) -> tuple[str, ...]:
        """End the take and add it to the project; what there is to say of it. Raises NotPossible when there is none."""
        return keep_take(self.project, self.engine.end_take(), self.device).messages

    def read_while(self, doing: Callable[[CaptureStatus], Doing | None]) -> None:
        """Read on until ``doing`` says None. Raises Cancelled."""
        shown_s = -math.inf
        while (now := doing(self.engine.status())) is not None:
            self.engine.step()
            if self.job.cancelled:
                raise Cancelled
            if time.monotonic() - shown_s > _PROGRESS_S:
                shown_s = time.monotonic()
                self.job.progress(*now)

    def wait_for_readings(self) -> None:
        """Until readings or pictures come. Raises PortError when none do."""
        started_s = self.engine.now()

        def waiting(status: CaptureStatus) -> Doing | None:
            if status.frames or status.pictures:
                return None
            if self.engine.port_error is not None:
                raise self.engine.port_error
            if status.state is CaptureState.ENDED:
                raise PortError("There are no readings in this log.", where=self.device, to_do="Choose its format.")
            if self.engine.now() - started_s > _WAIT_FOR_READINGS_S:
                raise PortError(status.message or "No readings came.", where=self.device)
            return f"Waiting for readings from {self.device}", None

        self.read_while(waiting)

    def count_down(self, seconds: float, title: str = "") -> None:
        """Time to get ready."""
        until_s = self.engine.now() + seconds

        def waiting(status: CaptureStatus) -> Doing | None:
            left_s = until_s - self.engine.now()
            if left_s <= 0 or status.state is CaptureState.ENDED:
                return None
            return f"{title}get ready, {math.ceil(left_s)} s", None

        self.read_while(waiting)


@contextlib.contextmanager
def _desk(folder: Path, link: Link, label: str, metadata: Mapping[str, str], job: Job) -> Iterator[_Desk]:
    """The port is let go of whatever happens. Raises NotPossible when there is no room for the raw log."""
    if link.raw_log is not None:
        check_raw_log(link.raw_log)
    with project_to_change(folder) as project:
        engine = CaptureEngine(link)
        desk = _Desk(project, engine, link.device, label, metadata, job)
        try:
            yield desk
        except Cancelled:
            with contextlib.suppress(NotPossible):  # nothing had begun
                desk.keep()
            raise
        finally:
            engine.close()


def _single(desk: _Desk, settings: TakeSettings) -> tuple[str, ...]:
    """One take; what there is to say of it."""
    engine, length_s = desk.engine, settings.length_s
    if settings.countdown_s:
        desk.wait_for_readings()
        desk.count_down(settings.countdown_s)
    # Before any have come: of a log the first readings count too.
    engine.begin_take(dataclasses.replace(desk.plan(), seconds=settings.seconds))
    desk.wait_for_readings()
    if not engine.status().channels:
        raise PortError("Pictures come from the port, but no readings.", where=desk.device, to_do="Ask for pictures.")
    started_s = engine.now()

    def recording(status: CaptureStatus) -> Doing | None:
        if status.take_stage is TakeStage.COMPLETE or status.state is CaptureState.ENDED:
            return None
        many = len(status.channels)
        rate = f" at {quantity(status.rate_hz, 'Hz')}" if status.rate_hz else ""
        text = status.message or f"Recording {'one channel' if many == 1 else f'{many} channels'}{rate}"
        return text, min(1.0, (engine.now() - started_s) / length_s) if length_s else None

    desk.read_while(recording)
    return desk.keep()


def _series(desk: _Desk, settings: TakeSettings) -> tuple[str, ...]:
    """Takes of the same number of readings, each kept as soon as it is complete; what there is to say of them."""
    engine, count = desk.engine, settings.count
    desk.wait_for_readings()
    taken = 0
    messages: list[str] = []
    ended = False
    while taken < count and not ended:
        done, title = taken / count, f"Take {taken + 1} of {count}: "
        desk.count_down(settings.countdown_s, title)
        engine.begin_take(dataclasses.replace(desk.plan(), seconds=settings.seconds, trigger=settings.trigger))
        desk.read_while(_UnderWay(engine, title, done).doing)
        ended = engine.status().state is CaptureState.ENDED
        try:
            messages += desk.keep()
        except NotPossible:  # the log ended before the trigger came
            if not taken:
                raise
            break
        taken += 1
    if taken < count:
        messages.append(f"{engine.status().message} {taken} of {count} takes were recorded.")
    return tuple(messages)


class _UnderWay:
    """What a take of a series is doing. Where the signal is that a trigger watches is told anew every few seconds."""

    def __init__(self, engine: CaptureEngine, title: str, done: float) -> None:
        self._engine, self._title, self._done = engine, title, done
        self._awaited, self._told_s = "", -math.inf

    def doing(self, status: CaptureStatus) -> Doing | None:
        """None when the take is complete or no more comes."""
        if status.take_stage is TakeStage.COMPLETE or status.state is CaptureState.ENDED:
            return None
        now_s = self._engine.now()
        if now_s - self._told_s > _TELL_AGAIN_S:
            self._awaited, self._told_s = status.awaited, now_s
        doing = self._awaited if status.take_stage is TakeStage.WAITING else "recording"
        return " · ".join(part for part in (f"{self._title}{doing}", status.message) if part), self._done


class _Pictures:
    """Counts them, and gives up when none come any more."""

    def __init__(self, engine: CaptureEngine, count: int) -> None:
        self._engine = engine
        self._count = count
        self._newest_s, self._seen = engine.now(), 0

    def doing(self, status: CaptureStatus) -> Doing | None:
        """What is going on; None when all are there or no more come."""
        now_s = self._engine.now()
        if status.pictures != self._seen:
            self._newest_s, self._seen = now_s, status.pictures
        over = status.take_stage is TakeStage.COMPLETE or status.state is CaptureState.ENDED
        if over or now_s - self._newest_s > _WAIT_FOR_READINGS_S:
            return None
        number = status.recording_rows or 0
        return f"Picture {number} of {self._count}", number / self._count


def _captured(desk: _Desk, link: Link, kept: Outcome[tuple[int, ...]], pictures: int = 0) -> Outcome[Captured]:
    messages = kept.messages
    if link.raw_log is not None:
        told = f"The raw bytes are in {link.raw_log}; to replay them: --port {log_device(link.raw_log)}"
        messages = (*messages, desk.engine.raw_log_problem or told)
    return Outcome(Captured(kept.value, pictures, desk.engine.status()), kept.changed, messages)
