"""Undo and redo: what rows were before each step.

Every write that can be undone passes ``insert``, ``update`` or ``delete``, which keep a removed row, or the former
content of the columns that changed, as JSON (values, never SQL: a project may come from elsewhere). The steps are
stored in the project's database, so that what a child process did (an import) can be undone in the window.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from workbench.project.rows import to_column

KEYS = {"recordings": "id", "segments": "id", "settings": "key", "variants": "id"}
_MOST_STEPS = 200


class UndoLog:
    """The steps of a project. The caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._step: int | None = None
        self._columns = {
            table: [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")] for table in KEYS
        }

    def begin(self, title: str, stack: str = "undo") -> None:
        """Start a step; the changes that follow belong to it."""
        row = self._connection.execute("INSERT INTO steps (title, stack) VALUES (?, ?)", (title, stack))
        self._step = row.lastrowid

    def end(self) -> None:
        """End a step that a person took: one without changes vanishes, one with changes ends what could be redone."""
        step, self._step = self._step, None
        changes = self._connection.execute("SELECT count(*) FROM step_changes WHERE step_id = ?", (step,))
        if changes.fetchone()[0] == 0:
            self._forget("id = ?", step)
            return
        self._forget("stack = 'redo'")
        self._forget("id <= (SELECT id FROM steps ORDER BY id DESC LIMIT 1 OFFSET ?)", _MOST_STEPS)

    def clear(self) -> None:
        """Forget every step."""
        self._forget("1")

    def title(self, stack: str) -> str | None:
        """The title of the step on top of a stack."""
        top = self._top(stack)
        return None if top is None else str(top["title"])

    def insert(self, table: str, values: dict[str, Any]) -> int:
        """Add a row; its id."""
        row_id = self._put(table, {name: to_column(value) for name, value in values.items()})
        self._note(table, values.get(KEYS[table], row_id), None)
        return row_id

    def update(self, table: str, key: object, values: dict[str, Any]) -> None:
        """Change columns of one row; when they hold these values already there is nothing to undo."""
        columns = [to_column(value) for value in values.values()]
        before = self._row(table, key)
        if before is not None and [before[name] for name in values] == columns:
            return
        # Only what is changed here: other columns may change meanwhile without a step (a test that is written once).
        self._note(table, key, None if before is None else {name: before[name] for name in values})
        names = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(f"UPDATE {table} SET {names} WHERE {KEYS[table]} = ?", (*columns, key))  # noqa: S608

    def delete(self, table: str, key: object) -> None:
        """Remove one row."""
        self._note(table, key, self._row(table, key))
        self._connection.execute(f"DELETE FROM {table} WHERE {KEYS[table]} = ?", (key,))  # noqa: S608

    def move(self, source: str, destination: str) -> frozenset[str] | None:
        """Take back the step on top of ``source`` and put its opposite on ``destination``; the tables touched."""
        top = self._top(source)
        if top is None:
            return None
        changes = self._connection.execute(
            "SELECT table_name, row_key, before FROM step_changes WHERE step_id = ? ORDER BY id DESC", (top["id"],)
        ).fetchall()
        self._forget("id = ?", top["id"])
        self.begin(top["title"], destination)
        for change in changes:
            self._restore(change["table_name"], change["row_key"], change["before"])
        self._step = None
        return frozenset(change["table_name"] for change in changes)

    def _restore(self, table: str, key: object, before: str | None) -> None:
        if before is None:
            self.delete(table, key)
        elif self._row(table, key) is None:
            self.insert(table, self._known(table, before))
        else:
            self.update(table, key, self._known(table, before))

    def _known(self, table: str, before: str) -> dict[str, Any]:
        row = json.loads(before)
        return {name: row[name] for name in self._columns[table] if name in row}

    def _top(self, stack: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(
            "SELECT id, title FROM steps WHERE stack = ? ORDER BY id DESC LIMIT 1", (stack,)
        ).fetchone()
        return found

    def _forget(self, condition: str, *arguments: object) -> None:
        steps = f"SELECT id FROM steps WHERE {condition}"  # noqa: S608 - the conditions stand in this file
        self._connection.execute(f"DELETE FROM step_changes WHERE step_id IN ({steps})", arguments)  # noqa: S608
        self._connection.execute(f"DELETE FROM steps WHERE {condition}", arguments)  # noqa: S608

    def _put(self, table: str, values: dict[str, Any]) -> int:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        done = self._connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
            tuple(values.values()),
        )
        return int(done.lastrowid or 0)

    def _row(self, table: str, key: object) -> dict[str, Any] | None:
        row = self._connection.execute(f"SELECT * FROM {table} WHERE {KEYS[table]} = ?", (key,)).fetchone()  # noqa: S608
        return None if row is None else dict(row)

    def _note(self, table: str, key: object, before: dict[str, Any] | None) -> None:
        self._connection.execute(
            "INSERT INTO step_changes (step_id, table_name, row_key, before) VALUES (?, ?, ?, ?)",
            (self._step, table, key, None if before is None else json.dumps(before, ensure_ascii=False)),
        )
