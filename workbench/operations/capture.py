"""Takes of what a board sends: begun, ended, kept as recordings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from workbench.capture.ports import Port
from workbench.capture.ports import list_ports as present_ports
from workbench.capture.recorder import PicturePlan, TakePlan
from workbench.capture.session import CaptureSession
from workbench.capture.status import Take, TakePart
from workbench.capture.take_notes import note_of_part
from workbench.capture.trigger import Trigger
from workbench.errors import NotPossible
from workbench.operations.outcome import Outcome, Topic
from workbench.project.labels import checked_text
from workbench.project.model import Gap
from workbench.project.pictures import colour_channels
from workbench.project.store import Project

_RAW_LOGS = "raw_logs"


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
    plan = plan_take(project, label, metadata or {}, session.port)
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
    plan = plan_take(project, label, metadata or {}, session.port)
    plan = with_pictures(plan, project, count, every_s)
    session.begin_take(plan.path, plan.label, plan.metadata, name=plan.name, pictures=plan.pictures)
    return Outcome(None)


def end_take(project: Project, session: CaptureSession) -> Outcome[int]:
    """Add what was recorded to the project; the id of the recording: of several the longest, of pictures the last."""
    return keep_take(project, session.end_take(), session.port)


def raw_log_path(project: Project) -> Path:
    """A new file in the project's folder for the raw bytes of a connection that begins now."""
    if project.read_only:
        raise NotPossible("This sample project is read-only.", where=str(project.folder), to_do="Make a copy of it.")
    folder = project.path(_RAW_LOGS)
    folder.mkdir(exist_ok=True)
    now = datetime.now()
    return folder / f"{now:%Y-%m-%d %H%M%S}.{now.microsecond // 1000:03}.log"


def plan_take(project: Project, label: str, metadata: Mapping[str, str], source: str) -> TakePlan:
    """Where a take of ``source`` goes and what it is called. Raises BadSetting when a word cannot be shown."""
    label = checked_text(label, "label", may_be_empty=True)
    checked = {
        checked_text(key, "name of the metadata"): checked_text(value, key, may_be_empty=True)
        for key, value in metadata.items()
    }
    path = project.path(project.new_samples_file(keep_after_crash=True))
    return TakePlan(path, label, checked, _next_name(project, label or "take"), source)


def with_pictures(plan: TakePlan, project: Project, count: int, every_s: float) -> TakePlan:
    """The same take, of pictures."""
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


def keep_take(project: Project, take: Take, source: str) -> Outcome[int]:
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
        gaps=tuple(_gaps(part)),
    )


def _gaps(part: TakePart) -> list[Gap]:
    """The gap ahead of the part, and those within it."""
    ahead = [] if part.gap_before_s is None else [Gap(0, max(1, round(part.gap_before_s * part.rate_hz)))]
    return ahead + [Gap(one.row, one.readings) for one in part.missing]
