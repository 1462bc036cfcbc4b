"""Where resource files and sample projects are, in the source tree and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# The wheel carries the top-level folders inside the package (see pyproject.toml).
_INSTALLED = _PACKAGE / "_installed"
_BASE = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def resource(*parts: str) -> Path:
    """The path of a file or folder below ``resources/``."""
    return _BASE.joinpath("resources", *parts)


def sample_projects() -> Path:
    """The folder of the read-only sample projects."""
    return _BASE / "sample_projects"
