"""Record from a board: takes for the window, and a whole capture for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbench.capture.engine import CaptureEngine
from workbench.capture.ports import Port
from workbench.capture.ports import list_ports as present_ports
from workbench.capture.recorder import TakePlan
from workbench.capture.session import CaptureSession
from workbench.capture.status import CaptureState, Take, TakePart
from workbench.capture.take_notes import note_of_part
from workbench.capture.trigger import Trigger
from workbench.errors import BadSetting, NotPossible, PortError
from workbench.jobs import Cancelled, Job
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import project_to_change
from workbench.project.labels import checked_text
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


def end_take(project: Project, session: CaptureSession) -> Outcome[int]:
    """Add what was recorded to the project; the id of the recording, of its longest part if it has several."""
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
            engine.begin_take(plan)
            _record(engine, seconds, job)
            take = engine.end_take()
        finally:
            engine.close()
        return _keep(project, take, port)


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


def _next_name(project: Project, stem: str) -> str:
    """The first of "wave 1", "wave 2", … that no recording has yet."""
    taken = {recording.name for recording in project.recordings()}
    number = 1
    while f"{stem} {number}" in taken:
        number += 1
    return f"{stem} {number}"


def _keep(project: Project, take: Take, source: str) -> Outcome[int]:
    """All parts of a take as recordings, in one step."""
    with project.step(f"Record {take.label or 'a take'}"):
        ids = [_add(project, take, part, source) for part in take.parts]
    longest = max(range(len(ids)), key=lambda index: take.parts[index].rows)
    return Outcome(ids[longest], frozenset({Topic.RECORDINGS}), (take.note,) if take.note else ())


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
