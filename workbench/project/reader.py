"""What can be read of an open project."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np

from workbench import fields
from workbench.errors import BadProject, BadSetting
from workbench.project import pictures, rows, samples
from workbench.project.model import GivenModel, Recording, Run, Segment, Variant

S = TypeVar("S")


class ProjectReader:
    """Reads the database and the sample files of one folder; writes nothing."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self._connection = connection
        self._connection.row_factory = sqlite3.Row
        self._picture_files: dict[str, pictures.PictureFile] = {}
        self._recordings: list[Recording] = []
        self._recordings_of: tuple[int, int] | None = None  # the state of the database that they were read from

    @property
    def name(self) -> str:
        """The project's name."""
        row = self._connection.execute("SELECT value FROM about WHERE key = 'name'").fetchone()
        if row is None:
            raise BadProject("The project has no name.", where=str(self.folder))
        return str(row["value"])

    @property
    def given_model(self) -> GivenModel | None:
        """The model file from elsewhere that the project was made for, if it was."""
        row = self._connection.execute("SELECT value FROM about WHERE key = 'model'").fetchone()
        return None if row is None else rows.given_model(row["value"])

    def path(self, relative: str) -> Path:
        """A path inside the project's folder; raises BadProject for one that leads out of it."""
        pure = PurePosixPath(relative)
        inside = relative and not pure.is_absolute() and ".." not in pure.parts and "\\" not in relative
        found = self.folder / relative
        if not inside or not found.resolve().is_relative_to(self.folder):
            raise BadProject(f"The file {relative!r} is not inside the project.", where=str(self.folder))
        return found

    def recordings(self) -> list[Recording]:
        """All recordings, oldest first; read anew when anything has changed in the database since."""
        others_changes = self._connection.execute("PRAGMA data_version").fetchone()[0]
        state = (others_changes, self._connection.total_changes)
        if self._recordings_of != state:
            self._recordings_of = None
            found = self._connection.execute("SELECT * FROM recordings ORDER BY id")
            self._recordings = [rows.recording(row) for row in found]
            if not self._connection.in_transaction:  # what is rolled back would stay
                self._recordings_of = state
        return list(self._recordings)

    def recording_names(self, beginning: str = "") -> list[str]:
        """The names of the recordings that begin like this."""
        found = self._connection.execute(
            "SELECT name FROM recordings WHERE substr(name, 1, length(:start)) = :start", {"start": beginning}
        )
        return [row["name"] for row in found]

    def recording(self, recording_id: int) -> Recording:
        """One recording; raises BadSetting when there is none with this id."""
        return rows.recording(self._row("recordings", recording_id))

    def recording_labels(self) -> list[str]:
        """Every label in use, of recordings and segments, sorted."""
        found = self._connection.execute(
            "SELECT label FROM recordings UNION SELECT label FROM segments ORDER BY label"
        ).fetchall()
        return [row["label"] for row in found if row["label"]]

    def samples(self, recording: Recording, start: int = 0, stop: int | None = None) -> np.ndarray:
        """The recording's values: float32 (rows, channels) from ``start`` to ``stop``; a picture uint8 (H, W, C)."""
        if recording.kind == "picture":
            return self._picture(recording)
        stop = recording.rows if stop is None else min(stop, recording.rows)
        start = max(start, 0)
        rows = max(stop - start, 0)
        values = samples.read_samples(self.path(recording.file), recording.first_row + start, rows)
        if values.shape != (rows, len(recording.channels)):
            raise BadProject(
                f"The sample file of {recording.name!r} is shorter or of other channels than the recording.",
                where=recording.file,
                to_do="Restore the file, or remove the recording.",
            )
        return values

    def _picture(self, recording: Recording) -> np.ndarray:
        if recording.file not in self._picture_files:
            self._picture_files[recording.file] = pictures.PictureFile(self.path(recording.file))
        _, _, pixels = self._picture_files[recording.file][recording.first_row]
        if pixels.shape != recording.shape:
            raise BadProject(f"The picture {recording.name!r} has another size in its file.", where=recording.file)
        return pixels

    def segments(self, recording_id: int | None = None) -> list[Segment]:
        """The segments of one recording, or of all, in order of time."""
        where = "" if recording_id is None else "WHERE recording_id = :id"
        query = f"SELECT * FROM segments {where} ORDER BY recording_id, start, id"  # noqa: S608
        return [rows.segment(row) for row in self._connection.execute(query, {"id": recording_id})]

    def segment(self, segment_id: int) -> Segment:
        """One segment; raises BadSetting when there is none with this id."""
        return rows.segment(self._row("segments", segment_id))

    def settings(self, cls: type[S]) -> S:
        """The saved settings of a class, or its defaults."""
        row = self._connection.execute("SELECT value FROM settings WHERE key = ?", (cls.__name__,)).fetchone()
        if row is None:
            return cls()
        try:
            return fields.from_json(cls, json.loads(row["value"]))
        except (ValueError, BadSetting) as error:
            raise BadProject(f"The saved {cls.__name__} are damaged ({error}).", where=str(self.folder)) from error

    def runs(self) -> list[Run]:
        """All runs, oldest first."""
        return [rows.run(row) for row in self._connection.execute("SELECT * FROM runs ORDER BY id")]

    def run(self, run_id: int) -> Run:
        """One run; raises BadSetting when there is none with this id."""
        return rows.run(self._row("runs", run_id))

    def latest_run(self) -> Run | None:
        """The run that was made last."""
        row = self._connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else rows.run(row)

    def variants(self, run_id: int | None = None) -> list[Variant]:
        """The variants of one run, or of all, oldest first."""
        where = "" if run_id is None else "WHERE run_id = :id"
        query = f"SELECT * FROM variants {where} ORDER BY id"  # noqa: S608
        return [rows.variant(row) for row in self._connection.execute(query, {"id": run_id})]

    def given_variants(self) -> list[Variant]:
        """The variants of the given model, oldest first."""
        return [variant for variant in self.variants() if variant.run_id is None]

    def variant(self, variant_id: int) -> Variant:
        """One variant; raises BadSetting when there is none with this id."""
        return rows.variant(self._row("variants", variant_id))

    def current_variant(self) -> Variant | None:
        """The variant that the fit bar shows and export writes."""
        row = self._connection.execute("SELECT * FROM variants WHERE current ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else rows.variant(row)

    def _row(self, table: str, key: int) -> sqlite3.Row:
        found: sqlite3.Row | None = self._connection.execute(
            f"SELECT * FROM {table} WHERE id = ?",  # noqa: S608
            (key,),
        ).fetchone()
        if found is None:
            raise BadSetting(f"There is no {table.removesuffix('s')} {key} in this project.")
        return found
