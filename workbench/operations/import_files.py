"""Import recordings from files and folders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench import fields
from workbench.errors import BadFile, NotPossible
from workbench.jobs import Job
from workbench.operations.outcome import Outcome, Topic
from workbench.project.importers import ImportedRecording, ImportOptions, find_files, read_files
from workbench.project.pictures import write_pictures
from workbench.project.samples import FileDescription, SamplesWriter
from workbench.project.store import Project, now


@dataclass(frozen=True)
class ImportSummary:
    """What an import brought."""

    recording_ids: tuple[int, ...]
    files: int  # that gave at least one recording


def import_files(
    folder: Path, paths: list[Path], options: ImportOptions | None = None, *, job: Job
) -> Outcome[ImportSummary]:
    """Add the recordings of files and folders (searched through) to the project in ``folder``.

    All that can be read is added in one step, or nothing when the work is cancelled or dies; what could not be
    read is told in the outcome's messages. Raises BadFile when nothing at all could be read.
    """
    options = fields.check(options or ImportOptions())
    job.progress("Looking for files")
    plan = find_files(paths)
    problems = list(plan.problems)
    files = 0
    with Project.open(folder) as project:
        store = _Store(project)
        sources = {recording.source for recording in project.recordings()}
        try:
            for number, (found, imported) in enumerate(read_files(plan, options)):
                job.progress(f"Reading {found.path.name}", number / len(plan.files))
                problems += imported.problems
                files += bool(imported.recordings)
                for one in imported.recordings:
                    store.take(one)
            store.write_waiting_pictures()
            if not store.entries:
                first = problems[0] if problems else "There are no files in it."
                more = f" ({len(problems) - 1} more like it.)" if len(problems) > 1 else ""
                raise BadFile(f"Nothing could be imported. {first}{more}")
            job.progress("Saving", 1.0)
            ids = store.commit(files)
        except OSError as error:
            store.discard()
            raise NotPossible(
                f"The samples cannot be saved ({error.strerror}).", where=str(folder), to_do="Make room on the disk."
            ) from error
        except BaseException:
            store.discard()
            raise
    again = len({one.source for one, _ in store.entries} & sources)
    if again:
        problems.append(f"Files that were imported before and are in the project twice now: {again}.")
    changed = {Topic.RECORDINGS} | ({Topic.SEGMENTS} if store.has_segments else set())
    return Outcome(ImportSummary(ids, files), frozenset(changed), tuple(problems))


class _Store:
    """Writes sample files as recordings come and adds the entries at the end, all at once.

    Until then the files are noted as disposable: after a kill the next opening deletes them.
    """

    _PICTURES_A_FILE = 1000

    def __init__(self, project: Project) -> None:
        self._project = project
        self._created = now()
        self._files: list[str] = []
        self._pictures: list[ImportedRecording] = []
        self.entries: list[tuple[ImportedRecording, dict[str, Any]]] = []

    @property
    def has_segments(self) -> bool:
        """Whether any recording brought segments."""
        return any(one.segments for one, _ in self.entries)

    def take(self, one: ImportedRecording) -> None:
        """Write one recording's samples."""
        if one.is_picture:
            self._pictures.append(one)
            if len(self._pictures) == self._PICTURES_A_FILE:
                self.write_waiting_pictures()
            return
        file = self._new_file()
        description = FileDescription(
            one.channels, one.rate_hz, one.name, one.label, one.metadata, one.source, self._created
        )
        with SamplesWriter(self._project.path(file), description) as writer:
            writer.write(one.samples)
        # The samples are on disk now: only what describes them is kept in memory.
        self._enter(one, {"file": file, "rows": len(one.samples), "kind": "series"})

    def write_waiting_pictures(self) -> None:
        """Put the pictures that wait into one file."""
        if not self._pictures:
            return
        file = self._new_file()
        write_pictures(self._project.path(file), ((one.name, one.label, one.samples) for one in self._pictures))
        for row, one in enumerate(self._pictures):
            self._enter(one, {"file": file, "rows": 1, "kind": "picture", "first_row": row, "shape": one.samples.shape})
        self._pictures = []

    def _enter(self, one: ImportedRecording, stored: dict[str, Any]) -> None:
        self.entries.append((replace(one, samples=one.samples[:0].copy()), stored))

    def _new_file(self) -> str:
        file = self._project.new_samples_file(keep_after_crash=False)
        self._files.append(file)
        return file

    def commit(self, files: int) -> tuple[int, ...]:
        """Add all entries in one step; their ids."""
        ids = []
        with self._project.step("Import one file" if files == 1 else f"Import {files} files"):
            for one, stored in self.entries:
                recording_id = self._project.add_recording(
                    name=one.name,
                    channels=one.channels,
                    rate_hz=one.rate_hz,
                    label=one.label,
                    metadata=one.metadata,
                    source=one.source,
                    created=self._created,
                    notes=one.notes,
                    **stored,
                )
                for segment in one.segments:
                    self._project.add_segment(recording_id, segment.start, segment.stop, segment.label)
                ids.append(recording_id)
        return tuple(ids)

    def discard(self) -> None:
        """Delete what was written."""
        for file in self._files:
            self._project.path(file).unlink(missing_ok=True)
