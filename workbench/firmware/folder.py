"""Writing a firmware folder whole or not at all, and again without losing what a person changed in it.

``.workbench-export.json`` in the folder lists what an export wrote, with hashes. A later export replaces only that:
files a person added stay, and files a person edited are kept (their own ones) or put aside (generated ones).
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from workbench.errors import BadInput
from workbench.firmware.inputs import FirmwareFile

MARKER = ".workbench-export.json"
Status = Literal["new", "changed", "same", "kept"]

_LARGEST_MARKER = 1_000_000  # bytes


@dataclass(frozen=True)
class FolderPlan:
    """What a folder will hold after an export.

    ``write`` maps names to contents; ``carry`` are the person's own files and folders, left as they are. ``status``
    says for each generated file what happens to it, ``kept`` lists edited files that stay (the new version of each
    beside it, where it differs), ``put_aside`` edited files by the name they get.
    """

    folder: Path
    write: dict[str, bytes] = field(default_factory=dict)
    carry: tuple[str, ...] = ()
    status: dict[str, Status] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    put_aside: dict[str, str] = field(default_factory=dict)


def plan_folder(files: Sequence[FirmwareFile], folder: Path) -> FolderPlan:
    """What writing these files to ``folder`` would do. Raises BadInput when the folder is not ours to write."""
    try:
        return _Planner(folder).plan(files)
    except OSError as error:
        raise BadInput(f"The folder cannot be read ({error.strerror}).", where=str(folder)) from error


def write_folder(plan: FolderPlan) -> None:
    """Carry out a plan: build the new folder beside the old one, then swap. Raises BadInput when it cannot be."""
    # Behind a link lies the folder that a person means.
    folder = plan.folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-", ignore_cleanup_errors=True) as place:
            new, old = Path(place) / "new", Path(place) / "old"
            new.mkdir()
            for name, content in plan.write.items():
                (new / name).write_bytes(content)
            for name in plan.carry:
                _copy(folder / name, new / name)
            with _moved_away(folder, old):
                new.rename(folder)
    except OSError as error:
        raise BadInput(
            f"The folder cannot be written ({error.strerror}).",
            where=str(folder),
            to_do="Choose another folder, or close the program that has it open.",
        ) from error


@contextlib.contextmanager
def _moved_away(folder: Path, old: Path) -> Iterator[None]:
    """Move the old folder away, and back when what follows fails."""
    if not folder.exists():
        yield
        return
    folder.rename(old)
    try:
        yield
    except BaseException:
        old.rename(folder)
        raise


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


class _Planner:
    """Compares what is to be written with what is there and what was written last time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if folder.exists() and not folder.is_dir():
            raise BadInput("There is a file of that name.", where=str(folder), to_do="Choose another folder.")
        there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        self.written = _read_marker(folder) if there else {}
        self.there = [name for name in there if name != MARKER]
        self.write: dict[str, bytes] = {}
        self.status: dict[str, Status] = {}
        self.kept: list[str] = []
        self.put_aside: dict[str, str] = {}
        self.marks: dict[str, str] = {}

    def plan(self, files: Sequence[FirmwareFile]) -> FolderPlan:
        for file in files:
            self._place(file)
        for name in self.there:
            # Written last time, not this time: gone, unless a person has put work into it.
            if name in self.written and name not in self.marks and self._is_edited(name):
                self._set_aside(name)
        document = {"about": "What the export wrote here, with SHA-256.", "files": dict(sorted(self.marks.items()))}
        self.write[MARKER] = (json.dumps(document, indent=2) + "\n").encode()
        carry = tuple(name for name in self.there if name not in self.written and name not in self.write)
        return FolderPlan(self.folder, self.write, carry, self.status, tuple(self.kept), self.put_aside)

    def _place(self, file: FirmwareFile) -> None:
        name, mark = file.path, _hash(file.content)
        self.marks[name] = mark
        if name not in self.there:
            self.status[name] = "new"
        elif self._content(name) == file.content:
            self.status[name] = "same"
        elif not self._is_edited(name):
            self.status[name] = "changed"
        elif file.editable:
            self._keep(name, file.content, mark)
            return
        else:
            self.status[name] = "changed"
            self._set_aside(name)
        self.write[name] = file.content

    def _keep(self, name: str, generated: bytes, mark: str) -> None:
        """The person's file stays; the generated one is written beside it when it is not the one they started from."""
        self.status[name] = "kept"
        self.kept.append(name)
        self.write[name] = self._content(name)
        beside = f"{name}.new"
        if mark != self.written.get(name) or beside in self.there:
            self.write[beside] = generated
            self.marks[beside] = mark

    def _set_aside(self, name: str) -> None:
        numbered = (f"{name}.yours{number}" for number in itertools.count(2))
        free = (n for n in itertools.chain([f"{name}.yours"], numbered) if n not in self.there and n not in self.write)
        aside = next(free)
        self.put_aside[name] = aside
        self.write[aside] = self._content(name)

    def _is_edited(self, name: str) -> bool:
        return _hash(self._content(name)) != self.written.get(name)

    def _content(self, name: str) -> bytes:
        path = self.folder / name
        if not path.is_file():
            raise BadInput(
                f"The export writes a file {name}, and there is a folder of that name.",
                where=str(self.folder),
                to_do="Rename it, or choose another folder.",
            )
        return path.read_bytes()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_marker(folder: Path) -> Mapping[str, str]:
    """The files of the last export and their hashes; BadInput when the folder holds something else."""
    refusal = BadInput(
        "The folder is not empty, and no export wrote it. Nothing was changed.",
        where=str(folder),
        to_do="Choose another folder, or empty this one.",
    )
    marker = folder / MARKER
    if not marker.is_file() or marker.stat().st_size > _LARGEST_MARKER:
        raise refusal
    try:
        document: Any = json.loads(marker.read_bytes())
        files = document["files"]
        return {str(name): str(mark) for name, mark in files.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise refusal from None
