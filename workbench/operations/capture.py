"""Record from a board: takes for the window, and a whole capture for the command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from workbench.capture.engine import CaptureEngine
from workbench.capture.picture_take import MOST_PICTURES
from workbench.capture.ports import Port
from workbench.capture.ports import list_ports as present_ports
from workbench.capture.recorder import PicturePlan, TakePlan
from workbench.capture.session import CaptureSession
from workbench.capture.status import CaptureState, Take, TakePart, TakeStage
from workbench.capture.take_notes import note_of_part
from workbench.capture.trigger import Trigger
from workbench.errors import BadSetting, NotPossible, PortError
from workbench.jobs import Cancelled, Job
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import project_to_change
from workbench.project.labels import checked_text
from workbench.project.pictures import colour_channels
from workbench.project.store import Project

_WAIT_FOR_READINGS_S = 15.0
_LONGEST_S = 7 * 24 * 3600.0


def list_ports() -> list[Port]:
    """The serial ports present now, recognised boards first."""
    return present_ports()


def begin_take(
    project: Project,
    session: CaptureSession,
    label: str,
    metadata: Mapping[str, str] | None = None,
    *,
    seconds: float | None = None,
    trigger: Trigger | None = None,
) -> Outcome[None]:
    """Record into the project from now on, or from the trigger on, and for ``seconds`` where that is given.

    Should the computer crash, the next opening adopts what came so far.
    """
    if project.read_only:
        raise NotPossible("This sample project is read-only.", where=str(project.folder), to_do="Make a copy of it.")
    plan = _plan(project, label, metadata or {}, session.port)
    session.begin_take(plan.path, plan.label, plan.metadata, name=plan.name, seconds=seconds, trigger=trigger)
    return Outcome(None)


def begin_pictures(
    project: Project,
    session: CaptureSession,
    label: str,
    metadata: Mapping[str, str] | None = None,
    *,
    count: int,
    every_s: float,
) -> Outcome[None]:
    """Take ``count`` pictures (0: until the take is ended), one each ``every_s`` seconds (0: all that come)."""
    if project.read_only:
        raise NotPossible("This sample project is read-only.", where=str(project.folder), to_do="Make a copy of it.")
    plan = _plan(project, label, metadata or {}, session.port)
    plan = _of_pictures(plan, project, count, every_s)
    session.begin_take(plan.path, plan.label, plan.metadata, name=plan.name, pictures=plan.pictures)
    return Outcome(None)


def end_take(project: Project, session: CaptureSession) -> Outcome[int]:
    """Add what was recorded to the project; the id of the recording: of several the longest, of pictures the last."""
    return _keep(project, session.end_take(), session.port)


def capture(
    folder: Path,
    port: str,
    baud: int,
    seconds: float,
    *,
    label: str = "",
    metadata: Mapping[str, str] | None = None,
    format: str | None = None,
    job: Job,
) -> Outcome[int]:
    """Record ``seconds`` from the first reading on; the id of the recording.

    Raises PortError when the port cannot be opened or nothing that can be recorded comes from it.
    """
    if not 0 < seconds <= _LONGEST_S:
        raise BadSetting(f"A recording cannot take {seconds:g} s.", where="seconds")
    with project_to_change(folder) as project:
        plan = _plan(project, label, metadata or {}, port)
        engine = CaptureEngine(port, baud, format=format)
        try:
            _wait_for_readings(engine, port, job)
            if not engine.status().channels:
                raise PortError("Pictures come from the port, but no readings.", where=port, to_do="Ask for pictures.")
            engine.begin_take(plan)
            _record(engine, seconds, job)
            take = engine.end_take()
        finally:
            engine.close()
        return _keep(project, take, port)


def capture_pictures(
    folder: Path,
    port: str,
    baud: int,
    count: int,
    every_s: float,
    *,
    label: str = "",
    metadata: Mapping[str, str] | None = None,
    format: str | None = None,
    job: Job,
) -> Outcome[int]:
    """Take ``count`` pictures, one each ``every_s`` seconds; how many were taken.

    When they stop coming, those taken until then are kept. Raises PortError when none come at all.
    """
    if not 1 <= count <= MOST_PICTURES:
        raise BadSetting(f"A take cannot have {count} pictures.", where="pictures", to_do=f"1 to {MOST_PICTURES:,}.")
    if not 0 <= every_s <= _LONGEST_S:
        raise BadSetting(f"Pictures cannot be taken one each {every_s:g} s.", where="every")
    with project_to_change(folder) as project:
        plan = _of_pictures(_plan(project, label, metadata or {}, port), project, count, every_s)
        engine = CaptureEngine(port, baud, format=format)
        try:
            _wait_for_readings(engine, port, job)
            if engine.status().picture_shape is None:
                raise PortError("Readings come from the port, but no pictures.", where=port)
            engine.begin_take(plan)
            _record_pictures(engine, count, job)
            take = engine.end_take()
        finally:
            engine.close()
        kept = _keep(project, take, port)
    short = (f"Only {len(take.pictures)} of {count} pictures came.",) if len(take.pictures) < count else ()
    return Outcome(len(take.pictures), kept.changed, (*short, *kept.messages))


def _record_pictures(engine: CaptureEngine, count: int, job: Job) -> None:
    newest_s, seen = engine.now(), 0
    while (status := engine.status()).take_stage is not TakeStage.COMPLETE:
        engine.step()
        if job.cancelled:
            raise Cancelled
        taken, now_s = status.recording_rows or 0, engine.now()
        if status.pictures != seen:
            newest_s, seen = now_s, status.pictures
            job.progress(f"Picture {taken} of {count}", taken / count)
        if now_s - newest_s > _WAIT_FOR_READINGS_S:
            return


def _wait_for_readings(engine: CaptureEngine, port: str, job: Job) -> None:
    started_s = engine.now()
    while True:
        engine.step()
        status = engine.status()
        if status.state is CaptureState.RECEIVING:
            return
        if engine.port_error is not None:
            raise engine.port_error
        if job.cancelled:
            raise Cancelled
        waited = engine.now() - started_s
        if waited > _WAIT_FOR_READINGS_S:
            raise PortError(status.message or "No readings came.", where=port)
        job.progress(f"Waiting for readings from {port}", None)


def _record(engine: CaptureEngine, seconds: float, job: Job) -> None:
    started_s = engine.now()
    shown_s = -1.0
    while (done := engine.now() - started_s) < seconds:
        engine.step()
        if job.cancelled:
            raise Cancelled
        if done - shown_s > 0.1:
            shown_s = done
            status = engine.status()
            rate = f" at {status.rate_hz:.4g} Hz" if status.rate_hz else ""
            text = status.message or f"Recording {len(status.channels)} channels{rate}"
            job.progress(text, done / seconds)


def _plan(project: Project, label: str, metadata: Mapping[str, str], source: str) -> TakePlan:
    label = checked_text(label, "label", may_be_empty=True)
    checked = {
        checked_text(key, "name of the metadata"): checked_text(value, key, may_be_empty=True)
        for key, value in metadata.items()
    }
    path = project.path(project.new_samples_file(keep_after_crash=True))
    return TakePlan(path, label, checked, _next_name(project, label or "take"), source)


def _of_pictures(plan: TakePlan, project: Project, count: int, every_s: float) -> TakePlan:
    first = _next_number(project, plan.label or "picture")
    return dataclasses.replace(plan, pictures=PicturePlan(count, every_s, first))


def _next_number(project: Project, stem: str) -> int:
    """One more than the highest number behind this name."""
    numbers = [name.removeprefix(f"{stem} ") for name in project.recording_names(stem)]
    return 1 + max((int(number) for number in numbers if number.isdecimal()), default=0)


def _next_name(project: Project, stem: str) -> str:
    """The first of "wave 1", "wave 2", … that no recording has yet."""
    taken = {recording.name for recording in project.recordings()}
    number = 1
    while f"{stem} {number}" in taken:
        number += 1
    return f"{stem} {number}"


def _keep(project: Project, take: Take, source: str) -> Outcome[int]:
    """All parts of a take as recordings, or each of its pictures, in one step."""
    if take.pictures:
        return _keep_pictures(project, take, source)
    with project.step(f"Record {take.label or 'a take'}"):
        ids = [_add(project, take, part, source) for part in take.parts]
    longest = max(range(len(ids)), key=lambda index: take.parts[index].rows)
    return Outcome(ids[longest], frozenset({Topic.RECORDINGS}), (take.note,) if take.note else ())


def _keep_pictures(project: Project, take: Take, source: str) -> Outcome[int]:
    assert take.picture_file is not None  # noqa: S101 - it has pictures
    file = take.picture_file.relative_to(project.folder).as_posix()
    count = len(take.pictures)
    words = "a picture" if count == 1 else f"{count} pictures"
    with project.step(f"Take {words}{f' of {take.label}' if take.label else ''}"):
        ids = [
            project.add_recording(
                name=picture.name,
                kind="picture",
                channels=colour_channels(picture.shape[2]),
                rate_hz=None,
                rows=1,
                file=file,
                first_row=row,
                shape=picture.shape,
                label=take.label,
                metadata=take.metadata,
                source=source,
                notes=take.note,
            )
            for row, picture in enumerate(take.pictures)
        ]
    return Outcome(ids[-1], frozenset({Topic.RECORDINGS}), (take.note,) if take.note else ())


def _add(project: Project, take: Take, part: TakePart, source: str) -> int:
    return project.add_recording(
        name=part.name,
        channels=part.channels,
        rate_hz=part.rate_hz,
        rows=part.rows,
        file=part.path.relative_to(project.folder).as_posix(),
        label=take.label,
        metadata=take.metadata,
        source=source,
        notes=f"{note_of_part(part)} {take.note}".strip(),
    )
