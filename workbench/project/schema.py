"""The database of a project: its tables, and how an older one becomes today's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from workbench.errors import BadProject

APPLICATION_ID = 0x54_4D_4C_57  # "TMLW"

# Each step takes a database from version n to n + 1. A step that was released is never changed.
STEPS: tuple[str, ...] = (
    """
    CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE recordings (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('series', 'picture')),
        channels TEXT NOT NULL,
        rate_hz REAL,
        rows INTEGER NOT NULL,
        label TEXT NOT NULL,
        metadata TEXT NOT NULL,
        source TEXT NOT NULL,
        created TEXT NOT NULL,
        file TEXT NOT NULL,
        first_row INTEGER NOT NULL,
        shape TEXT,
        notes TEXT NOT NULL
    );
    CREATE TABLE segments (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        recording_id INTEGER NOT NULL REFERENCES recordings (id),
        start INTEGER NOT NULL,
        stop INTEGER NOT NULL,
        label TEXT NOT NULL
    );
    CREATE INDEX segments_by_recording ON segments (recording_id);
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        created TEXT NOT NULL,
        title TEXT NOT NULL,
        task TEXT NOT NULL CHECK (task IN ('classification', 'regression')),
        classes TEXT NOT NULL,
        target_unit TEXT NOT NULL,
        settings TEXT NOT NULL,
        input_shape TEXT NOT NULL,
        parameters INTEGER NOT NULL,
        split TEXT NOT NULL,
        features TEXT NOT NULL,
        history TEXT NOT NULL,
        evaluation TEXT NOT NULL,
        model_file TEXT NOT NULL
    );
    CREATE TABLE variants (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id INTEGER NOT NULL REFERENCES runs (id),
        created TEXT NOT NULL,
        name TEXT NOT NULL,
        recipe TEXT NOT NULL,
        model_file TEXT NOT NULL,
        file_bytes INTEGER NOT NULL,
        quantization TEXT NOT NULL,
        sparsity REAL NOT NULL,
        evaluation TEXT NOT NULL,
        test TEXT,
        runs_on_boards INTEGER NOT NULL,
        current INTEGER NOT NULL
    );
    CREATE TABLE steps (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL,
        stack TEXT NOT NULL CHECK (stack IN ('undo', 'redo'))
    );
    CREATE TABLE step_changes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        step_id INTEGER NOT NULL REFERENCES steps (id),
        table_name TEXT NOT NULL,
        row_key,
        before TEXT
    );
    CREATE INDEX changes_by_step ON step_changes (step_id);
    """,
    # Sample files that belong to no recording any more, or not yet: the next opening deletes them.
    """
    CREATE TABLE disposable_files (file TEXT PRIMARY KEY);
    CREATE TRIGGER recordings_removed AFTER DELETE ON recordings BEGIN
        INSERT OR IGNORE INTO disposable_files VALUES (OLD.file);
    END;
    """,
    # Variants of a model that was given, not trained here, belong to no run. SQLite cannot drop a NOT NULL.
    """
    CREATE TABLE new_variants (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id INTEGER REFERENCES runs (id),
        created TEXT NOT NULL,
        name TEXT NOT NULL,
        recipe TEXT NOT NULL,
        model_file TEXT NOT NULL,
        file_bytes INTEGER NOT NULL,
        quantization TEXT NOT NULL,
        sparsity REAL NOT NULL,
        evaluation TEXT NOT NULL,
        test TEXT,
        runs_on_boards INTEGER NOT NULL,
        current INTEGER NOT NULL
    );
    INSERT INTO new_variants SELECT id, run_id, created, name, recipe, model_file, file_bytes, quantization, sparsity,
        evaluation, test, runs_on_boards, current FROM variants;
    DROP TABLE variants;
    ALTER TABLE new_variants RENAME TO variants;
    """,
    "ALTER TABLE variants ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE recordings ADD COLUMN gaps TEXT NOT NULL DEFAULT '[]';",
)
VERSION = len(STEPS)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """An open database in autocommit mode; a missing file is made, an older one brought up to date.

    Raises BadProject when the file is no project of ours, damaged, or of a newer program.
    """
    connection = None
    try:
        connection = _open(path, read_only)
        _check_and_migrate(connection, path, read_only)
    except sqlite3.DatabaseError as error:
        if connection is not None:
            connection.close()
        raise damaged(path, error) from error
    except BadProject:
        if connection is not None:
            connection.close()
        raise
    return connection


def damaged(path: Path, error: Exception) -> BadProject:
    """What to tell when the database cannot be read."""
    return BadProject(
        f"The project's database cannot be read ({error}).",
        where=str(path),
        to_do="Restore the folder from a backup; the recordings in samples/ can be imported again.",
    )


def _open(path: Path, read_only: bool) -> sqlite3.Connection:
    if read_only:
        # Without immutable SQLite would want to write the files of its write-ahead log.
        return sqlite3.connect(path.resolve().as_uri() + "?mode=ro&immutable=1", uri=True, isolation_level=None)
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _check_and_migrate(connection: sqlite3.Connection, path: Path, read_only: bool) -> None:
    is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    version = _pragma(connection, "user_version")
    if not is_empty and _pragma(connection, "application_id") != APPLICATION_ID:
        raise BadProject("This database is not one of a project.", where=str(path))
    if version > VERSION:
        raise BadProject(
            f"The project was saved by a newer program (format {version}, this one knows {VERSION}).",
            where=str(path),
            to_do="Install the newer program.",
        )
    if version < VERSION and not read_only:
        _migrate(connection)
    _check_objects(connection, path, _pragma(connection, "user_version"))
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again under the lock: another process may have been faster.
        version = _pragma(connection, "user_version")
        for step in STEPS[version:]:
            for statement in statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {max(version, VERSION)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def statements(script: str) -> Iterable[str]:
    """The single statements of a script; executescript() would commit the transaction they stand in."""
    statement = ""
    for piece in script.rstrip("; \n").split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _objects(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Type and name of everything in the schema; of triggers and views the text as well."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {(kind, name, sql if kind in ("trigger", "view") else "") for kind, name, sql in rows}


def _check_objects(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """A database from elsewhere may carry triggers of its own: those must not run."""
    expected = sqlite3.connect(":memory:", isolation_level=None)
    for step in STEPS[:version]:
        expected.executescript(step)
    try:
        if _objects(connection) != _objects(expected):
            raise BadProject("The project's database does not have the tables it should have.", where=str(path))
    finally:
        expected.close()
