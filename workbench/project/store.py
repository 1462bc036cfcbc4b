"""A project on disk: one folder with a database for everything small and Arrow files for samples.

Reading is free; writing happens inside ``with project.step("What was done"):``, which is one transaction and
one step to undo, and only ``operations`` does it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench import fields, resources
from workbench.errors import BadProject, BadSetting, NotPossible
from workbench.files import write_atomically
from workbench.project import rows
from workbench.project.lock import FolderLock
from workbench.project.model import Channel, Gap, GivenModel, RecordingKind, Task
from workbench.project.reader import ProjectReader
from workbench.project.recovery import Recovered, recover
from workbench.project.schema import connect, damaged
from workbench.project.undo import UndoLog

_DATABASE = "project.db"
_FOLDERS = ("samples", "runs", "variants")


def now() -> str:
    """This moment, ISO 8601 with the local time zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


class Project(ProjectReader):
    """An open project. Use it from one thread; other processes may open the same folder at the same time.

    The process that opens a folder first also tidies it: it adopts sample files that a crash left without an
    entry (``recovered`` names them), deletes those that nothing needs, and starts with nothing to undo.
    """

    def __init__(self, folder: Path, *, read_only: bool) -> None:
        """Use ``Project.open`` or ``Project.create``."""
        folder = folder.resolve()
        super().__init__(folder, connect(folder / _DATABASE, read_only=read_only))
        self.read_only = read_only
        self.recovered: tuple[str, ...] = ()
        self._lock = FolderLock(folder, take=not read_only)
        self._undo = UndoLog(self._connection)
        self._in_step = False

    # ---------------------------------------------------------------- opening and closing

    @classmethod
    def create(cls, folder: Path, name: str) -> Project:
        """A new, empty project; ``folder`` must not exist or be empty. Raises BadProject, BadSetting."""
        if not name.strip():
            raise BadSetting("A project needs a name.", where="name")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            what = "This folder is not empty." if folder.is_dir() else "This is a file."
            raise BadProject(what, where=str(folder), to_do="Choose a new folder.")
        try:
            for part in _FOLDERS:
                (folder / part).mkdir(parents=True)
        except OSError as error:
            raise BadProject(f"The folder cannot be made ({error.strerror}).", where=str(folder)) from error
        project = cls(folder, read_only=False)
        about = {"name": name.strip(), "created": now()}
        project._connection.executemany(
            "INSERT INTO about (key, value) VALUES (?, ?)", [(key, rows.to_column(about[key])) for key in about]
        )
        return project

    @classmethod
    def open(cls, folder: Path) -> Project:
        """An existing project; one of the samples that come with the program is opened for reading only.

        Raises BadProject when the folder is no project, damaged, or of a newer program.
        """
        if not is_project(folder):
            raise BadProject(
                "This folder is no project.", where=str(folder), to_do="Choose a folder that has a project.db."
            )
        project = cls(folder, read_only=is_sample(folder) or not os.access(folder, os.W_OK))
        try:
            if project._lock.held:
                project._tidy()
            project._check()
        except sqlite3.DatabaseError as error:
            project.close()
            raise damaged(folder / _DATABASE, error) from error
        except OSError as error:
            project.close()
            raise BadProject(f"The folder cannot be read ({error.strerror}).", where=str(folder)) from error
        except BaseException:
            project.close()
            raise
        return project

    def close(self) -> None:
        """Close the database; a second call does nothing."""
        self._connection.close()
        self._picture_files.clear()
        self._lock.release()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tidy(self) -> None:
        for part in _FOLDERS:
            (self.folder / part).mkdir(exist_ok=True)
        found: Recovered = recover(self._connection, self.folder)
        with self._transaction():
            self._undo.clear()
            for values in found.recordings:
                self._insert("recordings", values | {"created": values["created"] or now()})
        self.recovered = tuple(found.messages)

    def _check(self) -> None:
        """Read every entry once: a damaged one is found now, not in the middle of the work."""
        if self._connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise BadProject("The project's database is damaged.", where=str(self.folder / _DATABASE))
        recordings = self.recordings()
        rows_of = {recording.id: recording.rows for recording in recordings}
        for recording in recordings:
            self.path(recording.file)
        for segment in self.segments():
            if segment.stop > rows_of.get(segment.recording_id, 0):
                raise BadProject(f"Segment {segment.id} lies outside its recording.", where=str(self.folder))
        for run in self.runs():
            self.path(run.model_file)
        for variant in self.variants():
            self.path(variant.model_file)
        if self.given_model is not None:
            self.path(self.given_model.file)
        _ = self.name

    # ---------------------------------------------------------------- steps, undo, redo

    def _must_be_writable(self) -> None:
        if self.read_only:
            raise NotPossible(
                "This project is read-only.",
                where=str(self.folder),
                to_do="Work on a copy; opening a sample makes one.",
            )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._must_be_writable()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:  # a full disk has rolled it back already
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise NotPossible(
                    f"The project cannot be changed now ({error}).",
                    where=str(self.folder),
                    to_do="See that the disk has room and no other program holds the project, and try again.",
                ) from error
            raise

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One transaction and one step to undo; a step inside a step belongs to the outer one."""
        if self._in_step:
            yield
            return
        with self._transaction():
            self._in_step = True
            try:
                self._undo.begin(title)
                yield
                self._undo.end()
            finally:
                self._in_step = False

    def undo(self) -> frozenset[str] | None:
        """Take the last step back; the tables that changed, or None when there is no step."""
        with self._transaction():
            return self._undo.move("undo", "redo")

    def redo(self) -> frozenset[str] | None:
        """Do the step again that was taken back last."""
        with self._transaction():
            return self._undo.move("redo", "undo")

    @property
    def undo_title(self) -> str | None:
        """What undo would take back."""
        return self._undo.title("undo")

    @property
    def redo_title(self) -> str | None:
        """What redo would do again."""
        return self._undo.title("redo")

    # ---------------------------------------------------------------- writing (inside a step)

    def new_samples_file(self, *, keep_after_crash: bool) -> str:
        """A relative path for a new sample file.

        With ``keep_after_crash`` a file that never got its entry is adopted on the next opening (a take);
        without, it is deleted (half an import).
        """
        self._must_be_writable()
        file = f"samples/{uuid.uuid4().hex}.arrow"
        if not keep_after_crash:
            self._connection.execute("INSERT INTO disposable_files (file) VALUES (?)", (file,))
        return file

    def add_recording(
        self,
        *,
        name: str,
        channels: tuple[Channel, ...],
        rate_hz: float | None,
        rows: int,
        file: str,
        label: str = "",
        kind: RecordingKind = "series",
        metadata: dict[str, str] | None = None,
        source: str = "",
        created: str = "",
        first_row: int = 0,
        shape: tuple[int, int, int] | None = None,
        notes: str = "",
        gaps: tuple[Gap, ...] = (),
    ) -> int:
        """Add a recording whose sample file is already written; its id."""
        self.path(file)
        self._connection.execute("DELETE FROM disposable_files WHERE file = ?", (file,))
        values: dict[str, Any] = {
            "name": name,
            "kind": kind,
            "channels": channels,
            "rate_hz": rate_hz,
            "rows": rows,
            "label": label,
        }
        values |= {"metadata": metadata or {}, "source": source, "created": created or now(), "file": file}
        values |= {"first_row": first_row, "shape": shape, "notes": notes, "gaps": gaps}
        return self._undo.insert("recordings", values)

    def update_recording(self, recording_id: int, **changes: Any) -> None:
        """Change ``name``, ``label``, ``metadata`` or ``notes`` of a recording."""
        _allow(changes, {"name", "label", "metadata", "notes"})
        self._row("recordings", recording_id)
        self._undo.update("recordings", recording_id, changes)

    def remove_recordings(self, recording_ids: Iterable[int]) -> None:
        """Remove recordings and their segments; the sample files go at the next opening."""
        for recording_id in recording_ids:
            self._row("recordings", recording_id)
            self.remove_segments([one.id for one in self.segments(recording_id)])
            self._undo.delete("recordings", recording_id)

    def add_segment(self, recording_id: int, start: int, stop: int, label: str) -> int:
        """Add a segment; its id."""
        values = {"recording_id": recording_id, "start": start, "stop": stop, "label": label}
        return self._undo.insert("segments", values)

    def update_segment(self, segment_id: int, **changes: Any) -> None:
        """Change ``start``, ``stop`` or ``label`` of a segment."""
        _allow(changes, {"start", "stop", "label"})
        self._row("segments", segment_id)
        self._undo.update("segments", segment_id, changes)

    def remove_segments(self, segment_ids: Iterable[int]) -> None:
        """Remove segments."""
        for segment_id in segment_ids:
            self._row("segments", segment_id)
            self._undo.delete("segments", segment_id)

    def save_settings(self, settings: Any) -> None:
        """Keep a settings object under the name of its class; raises BadSetting when a value is out of bounds."""
        key = type(settings).__name__
        value = fields.to_json(fields.check(settings))
        if self._connection.execute("SELECT 1 FROM settings WHERE key = ?", (key,)).fetchone():
            self._undo.update("settings", key, {"value": value})
        else:
            self._undo.insert("settings", {"key": key, "value": value})

    def add_run(
        self,
        *,
        title: str,
        task: Task,
        classes: tuple[str, ...],
        target_unit: str,
        settings: dict[str, dict[str, Any]],
        input_shape: tuple[int, ...],
        parameters: int,
        split: dict[str, Any],
        features: dict[str, Any],
        history: dict[str, list[float]],
        evaluation: dict[str, Any],
        model: bytes,
    ) -> int:
        """Add a run with its .keras model; its id."""
        values: dict[str, Any] = {
            "created": now(),
            "title": title,
            "task": task,
            "classes": classes,
            "target_unit": target_unit,
        }
        values |= {"settings": settings, "input_shape": input_shape, "parameters": parameters, "split": split}
        values |= {"features": features, "history": history, "evaluation": evaluation, "model_file": "-"}
        run_id = self._insert("runs", values)
        self._keep_model("runs", run_id, f"runs/{run_id}/model.keras", model)
        return run_id

    def keep_given_model(self, name: str, source: str, sha256: str, content: bytes) -> GivenModel:
        """Keep a copy of the model file that the project is made for; ``name`` ends with .tflite or .keras."""
        suffix = ".keras" if name.lower().endswith(".keras") else ".tflite"
        given = GivenModel(name, source, sha256, f"models/given{suffix}")
        path = self.path(given.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
        self._connection.execute(
            "INSERT OR REPLACE INTO about (key, value) VALUES ('model', ?)", (rows.to_column(vars(given)),)
        )
        return given

    def add_variant(
        self,
        run_id: int | None,
        *,
        name: str,
        recipe: dict[str, Any],
        model: bytes,
        quantization: str,
        sparsity: float,
        evaluation: dict[str, Any],
        runs_on_boards: bool,
        current: bool = True,
    ) -> int:
        """Add a variant of a run, or of the given model (None), with its .tflite model; its id."""
        if run_id is not None:
            self._row("runs", run_id)
        values: dict[str, Any] = {"run_id": run_id, "created": now(), "name": name, "recipe": recipe, "model_file": "-"}
        values |= {"file_bytes": len(model), "quantization": quantization, "sparsity": sparsity, "current": False}
        values |= {"evaluation": evaluation, "test": None, "runs_on_boards": runs_on_boards}
        variant_id = self._insert("variants", values)
        self._keep_model("variants", variant_id, f"variants/{variant_id}.tflite", model)
        if current:
            self.set_current_variant(variant_id)
        return variant_id

    def set_current_variant(self, variant_id: int) -> None:
        """Make a variant the one that is shown and exported."""
        self._row("variants", variant_id)
        self._connection.execute("UPDATE variants SET current = (id = ?)", (variant_id,))

    def update_variant(self, variant_id: int, **changes: Any) -> None:
        """Change ``name`` or ``pinned`` of a variant."""
        _allow(changes, {"name", "pinned"})
        self._row("variants", variant_id)
        self._undo.update("variants", variant_id, changes)

    def remove_variants(self, variant_ids: Iterable[int]) -> None:
        """Remove variants; the latest that is left becomes current, and the files go at the next opening."""
        for variant_id in variant_ids:
            was_current = self.variant(variant_id).current
            if was_current:
                self._connection.execute("UPDATE variants SET current = 0")
            self._undo.delete("variants", variant_id)
            left = self.variants()
            if was_current and left:
                self.set_current_variant(left[-1].id)

    def save_evaluation(self, variant_id: int, evaluation: dict[str, Any]) -> None:
        """Keep how good a variant of the given model is, in place of what was known before."""
        self._row("variants", variant_id)
        self._connection.execute(
            "UPDATE variants SET evaluation = ? WHERE id = ?", (rows.to_column(evaluation), variant_id)
        )

    def save_test(self, variant_id: int, evaluation: dict[str, Any]) -> None:
        """Keep the evaluation on the test split; raises NotPossible when there is one already."""
        if self.variant(variant_id).test is not None:
            raise NotPossible("The test split was used for this variant already; a second look would not be honest.")
        self._connection.execute("UPDATE variants SET test = ? WHERE id = ?", (rows.to_column(evaluation), variant_id))

    def _insert(self, table: str, values: dict[str, Any]) -> int:
        """Add a row of a table that has no undo."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        done = self._connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
            tuple(rows.to_column(value) for value in values.values()),
        )
        return int(done.lastrowid or 0)

    def _keep_model(self, table: str, key: int, file: str, model: bytes) -> None:
        """Write a model's file before the transaction ends: a kill in between leaves a file that nothing names."""
        path = self.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, model)
        self._connection.execute(f"UPDATE {table} SET model_file = ? WHERE id = ?", (file, key))  # noqa: S608


def _allow(changes: dict[str, Any], names: set[str]) -> None:
    unknown = set(changes) - names
    if unknown:
        raise TypeError(f"{', '.join(sorted(unknown))} cannot be changed")


def is_project(folder: Path) -> bool:
    """Whether a folder looks like a project from outside."""
    database = folder / _DATABASE
    return database.is_file() and database.stat().st_size > 0  # SQLite takes an empty file for a new database


def is_sample(folder: Path) -> bool:
    """Whether a folder is one of the sample projects that come with the program."""
    return folder.resolve().is_relative_to(resources.sample_projects().resolve())
