"""Relabel, rename, describe and remove recordings."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.operations.outcome import Outcome, Topic
from workbench.project.labels import checked_text
from workbench.project.store import Project

_CHANGED = frozenset({Topic.RECORDINGS})


def _how_many(ids: Sequence[int]) -> str:
    return "one recording" if len(ids) == 1 else f"{len(ids)} recordings"


def relabel_recordings(project: Project, recording_ids: Sequence[int], label: str) -> Outcome[None]:
    """Give recordings another label; an empty one takes their label away."""
    label = checked_text(label, "label", may_be_empty=True)
    with project.step(f"Relabel {_how_many(recording_ids)}"):
        for recording_id in recording_ids:
            project.update_recording(recording_id, label=label)
    return Outcome(None, _CHANGED)


def rename_recording(project: Project, recording_id: int, name: str) -> Outcome[None]:
    """Give a recording another name."""
    name = checked_text(name, "name")
    with project.step("Rename a recording"):
        project.update_recording(recording_id, name=name)
    return Outcome(None, _CHANGED)


def set_metadata(project: Project, recording_ids: Sequence[int], key: str, value: str) -> Outcome[None]:
    """Note a fact such as subject or session of recordings; an empty value takes it away."""
    key = checked_text(key, "name of the metadata")
    value = checked_text(value, key, may_be_empty=True)
    with project.step(f"Set {key} of {_how_many(recording_ids)}"):
        for recording_id in recording_ids:
            metadata = dict(project.recording(recording_id).metadata)
            metadata.pop(key, None)
            if value:
                metadata[key] = value
            project.update_recording(recording_id, metadata=metadata)
    return Outcome(None, _CHANGED)


def remove_recordings(project: Project, recording_ids: Sequence[int]) -> Outcome[None]:
    """Remove recordings with their segments; undo brings them back."""
    with project.step(f"Remove {_how_many(recording_ids)}"):
        project.remove_recordings(recording_ids)
    return Outcome(None, _CHANGED | {Topic.SEGMENTS})
