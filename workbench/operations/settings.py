"""Change the project's settings."""

from __future__ import annotations

from typing import Any

from workbench import fields
from workbench.operations.outcome import Outcome, Topic
from workbench.project.store import Project


def change_settings(project: Project, settings: Any) -> Outcome[None]:
    """Save a settings object; raises BadSetting when a value is out of its bounds."""
    fields.check(settings)
    if project.settings(type(settings)) == settings:
        return Outcome(None)
    with project.step(f"Change {_in_words(type(settings).__name__)}"):
        project.save_settings(settings)
    return Outcome(None, frozenset({Topic.SETTINGS}))


def _in_words(class_name: str) -> str:
    """``WindowSettings`` as "window settings"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in class_name).strip()
