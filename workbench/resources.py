"""Where resource files and sample projects are, in the source tree and in an installed wheel alike."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

_SOURCE_TREE = Path(__file__).resolve().parent.parent


def _folder(name: str, installed_package: str) -> Path:
    in_tree = _SOURCE_TREE / name
    if (_SOURCE_TREE / "pyproject.toml").is_file() and in_tree.is_dir():
        return in_tree
    # A wheel is unpacked on installation, so the files are real files.
    return Path(str(importlib.resources.files(installed_package)))


def resource(*parts: str) -> Path:
    """The path of a file or folder below ``resources/``."""
    return _folder("resources", "workbench_resources").joinpath(*parts)


def sample_projects() -> Path:
    """The folder of the read-only sample projects."""
    return _folder("sample_projects", "workbench_samples")
