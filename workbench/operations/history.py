"""Undo and redo."""

from __future__ import annotations

from workbench.operations.outcome import Outcome, Topic
from workbench.project.store import Project


def undo(project: Project) -> Outcome[str | None]:
    """Take the last step back; its title, or None when there was none."""
    return _moved(project.undo_title, project.undo(), "There is nothing to undo.")


def redo(project: Project) -> Outcome[str | None]:
    """Do the last step again that was taken back; its title, or None when there was none."""
    return _moved(project.redo_title, project.redo(), "There is nothing to redo.")


def _moved(title: str | None, tables: frozenset[str] | None, nothing: str) -> Outcome[str | None]:
    if tables is None:
        return Outcome(None, messages=(nothing,))
    return Outcome(title, frozenset(Topic(table) for table in tables))
