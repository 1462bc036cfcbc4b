"""What the user prefers, on this computer: kept outside any project.

The folder is the platform's own place for settings, or ``WORKBENCH_HOME`` when that is set.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import platformdirs

from workbench.files import write_atomically

_APP = "tinyml-workbench"


def home() -> Path:
    """The folder of preferences, the user's boards and caches; made when missing."""
    given = os.environ.get("WORKBENCH_HOME")
    folder = Path(given) if given else Path(platformdirs.user_config_dir(_APP, appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cache_folder(*parts: str) -> Path:
    """A folder of what can be made again, kept to save time; made when missing. ``WORKBENCH_CACHE`` moves it."""
    given = os.environ.get("WORKBENCH_CACHE")
    base = Path(given) if given else Path(platformdirs.user_cache_dir(_APP, appauthor=False))
    folder = base.joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def projects_folder() -> Path:
    """Where new projects and copies of samples go unless the user says otherwise; made when missing."""
    given = os.environ.get("WORKBENCH_HOME")
    base = Path(given) if given else Path(platformdirs.user_documents_dir())
    folder = base / "TinyML Workbench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _preferences_file() -> Path:
    return home() / "preferences.json"


def _load() -> dict[str, Any]:
    try:
        found = json.loads(_preferences_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # preferences are a comfort: a broken file must not keep the program from starting
    return found if isinstance(found, dict) else {}


def preference(name: str, default: Any = None) -> Any:
    """One remembered value (plain JSON types)."""
    return _load().get(name, default)


def remember(name: str, value: Any) -> None:
    """Keep one value (plain JSON types) for the next start."""
    write_atomically(_preferences_file(), json.dumps(_load() | {name: value}, indent=2).encode())
