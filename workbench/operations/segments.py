"""Add, move, relabel and remove segments of a recording."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.errors import BadSetting, NotPossible
from workbench.operations.outcome import Outcome, Topic
from workbench.project.labels import checked_text
from workbench.project.store import Project

_CHANGED = frozenset({Topic.SEGMENTS})


def _within(project: Project, recording_id: int, start: int, stop: int) -> tuple[int, int]:
    """The part of start..stop, given in either order, that lies inside the recording."""
    recording = project.recording(recording_id)
    if recording.kind == "picture":
        raise NotPossible("A picture has no segments.", to_do="Label the picture itself.")
    start, stop = sorted((start, stop))
    start, stop = max(start, 0), min(stop, recording.rows)
    if start >= stop:
        raise BadSetting("The segment lies outside the recording.", where=recording.name)
    return start, stop


def add_segment(project: Project, recording_id: int, start: int, stop: int, label: str) -> Outcome[int]:
    """Label the rows ``start`` to ``stop`` (exclusive); what lies outside the recording is cut off. The new id."""
    start, stop = _within(project, recording_id, start, stop)
    label = checked_text(label, "label")
    with project.step("Add a segment"):
        segment_id = project.add_segment(recording_id, start, stop, label)
    return Outcome(segment_id, _CHANGED)


def move_segment(project: Project, segment_id: int, start: int, stop: int) -> Outcome[None]:
    """Move or resize a segment."""
    start, stop = _within(project, project.segment(segment_id).recording_id, start, stop)
    with project.step("Move a segment"):
        project.update_segment(segment_id, start=start, stop=stop)
    return Outcome(None, _CHANGED)


def relabel_segment(project: Project, segment_id: int, label: str) -> Outcome[None]:
    """Give a segment another label."""
    label = checked_text(label, "label")
    with project.step("Relabel a segment"):
        project.update_segment(segment_id, label=label)
    return Outcome(None, _CHANGED)


def remove_segments(project: Project, segment_ids: Sequence[int]) -> Outcome[None]:
    """Remove segments."""
    with project.step("Remove a segment" if len(segment_ids) == 1 else f"Remove {len(segment_ids)} segments"):
        project.remove_segments(segment_ids)
    return Outcome(None, _CHANGED)
