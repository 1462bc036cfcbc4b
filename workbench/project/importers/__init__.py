"""From files to recordings, one format a file.

What can be read is read; what cannot is told in words. A further format is a module with ``SUFFIXES`` and
``read(path, options)``, listed in ``FORMATS``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.errors import BadFile
from workbench.project.importers import acquisition_json, csv_file, npy_file, picture_file, wav_file
from workbench.project.importers.imported import Imported, ImportedRecording, LabelledRows
from workbench.project.importers.label_files import label_in_name, read_labels
from workbench.project.importers.options import ImportOptions
from workbench.project.labels import tidy_text

__all__ = [
    "FORMATS",
    "ImportOptions",
    "ImportPlan",
    "Imported",
    "ImportedRecording",
    "LabelledRows",
    "find_files",
    "read_any",
    "read_files",
]

Reader = Callable[[Path, ImportOptions], list[ImportedRecording]]
FORMATS: dict[str, Reader] = {
    suffix: module.read
    for module in (csv_file, npy_file, wav_file, picture_file, acquisition_json)
    for suffix in module.SUFFIXES
}
_MAYBE_PROSE = (".txt", ".log", ".json")
_MOST_FILES = 200_000
_LOSSES = ("truncated", "lines left out", "rows left out", "read up to the limit")  # notes that an import tells of


@dataclass(frozen=True)
class FoundFile:
    """A file to be read, and the folder it was found in (None when it was named itself)."""

    path: Path
    root: Path | None

    @property
    def may_be_prose(self) -> bool:
        """Whether it is no surprise that the file holds no data: a README in a folder."""
        return self.root is not None and self.path.suffix.lower() in _MAYBE_PROSE


@dataclass(frozen=True)
class ImportPlan:
    """What is to be read, the labels that lie beside it, and what is left alone."""

    files: list[FoundFile]
    labels: dict[str, str]
    problems: list[str]


def find_files(paths: Iterable[Path]) -> ImportPlan:
    """Every file that could be read, folders searched through; files of labels are read now."""
    plan = ImportPlan([], {}, [])
    others: list[str] = []
    for path in paths:
        if not path.exists():
            plan.problems.append(f"{path}: there is no such file or folder.")
            continue
        for found in _walk(path):
            if len(plan.files) == _MOST_FILES:
                plan.problems.append(f"Only the first {_MOST_FILES:,} files were taken.")
                return plan
            labels = read_labels(found.path)
            if labels is not None:
                plan.labels.update(labels)
            elif found.path.suffix.lower() in FORMATS:
                plan.files.append(found)
            else:
                others.append(found.path.name)
    if others:
        plan.problems.append(_left_alone(others))
    return plan


def _left_alone(names: list[str]) -> str:
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    return f"Files left alone because their format is not known: {len(names)} ({shown})"


def _walk(path: Path) -> Iterator[FoundFile]:
    if not path.is_dir():
        yield FoundFile(path, None)
        return
    for folder, subfolders, names in os.walk(path):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        yield from (FoundFile(Path(folder) / name, path) for name in sorted(names) if not name.startswith("."))


def read_files(plan: ImportPlan, options: ImportOptions) -> Iterator[tuple[FoundFile, Imported]]:
    """Each file of a plan with what was read from it."""
    for found in plan.files:
        try:
            read = FORMATS[found.path.suffix.lower()](found.path, options)
        except BadFile as error:
            yield found, Imported([], [] if found.may_be_prose else [str(error)])
        except OSError as error:
            yield found, Imported([], [f"{found.path}: The file cannot be read ({error.strerror})."])
        else:
            yield found, _finished(read, found, plan.labels, options)


def _finished(
    read: list[ImportedRecording], found: FoundFile, labels: dict[str, str], options: ImportOptions
) -> Imported:
    """The recordings with their labels and where they came from, and what is to be told of them."""
    lossy = [one.notes for one in read if any(words in one.notes for words in _LOSSES)]
    problems = [f"{found.path}: {notes}" for notes in dict.fromkeys(lossy)]
    given = labels.get(found.path.name)
    contradiction = ""
    in_name = label_in_name(found.path.stem)
    if given is not None and in_name != given and in_name in labels.values():
        contradiction = f"labelled {given!r} by the file of labels, {in_name!r} by its name"
        problems.append(f"{found.path}: {contradiction}; the file of labels was followed.")
    recordings = [
        replace(
            one,
            name=tidy_text(one.name) or "recording",
            label=_label(one, found, options) if given is None else given,
            notes="; ".join(filter(None, [one.notes, contradiction])),
            source=str(found.path),
        )
        for one in read
    ]
    return Imported(recordings, problems)


def _label(one: ImportedRecording, found: FoundFile, options: ImportOptions) -> str:
    if one.label or one.segments:  # the file itself says what its rows are
        return one.label
    if options.label_from == "given":
        return tidy_text(options.label)
    if options.label_from == "name":
        return tidy_text(label_in_name(found.path.stem))
    if options.label_from == "folder" and found.root is not None:
        return tidy_text(found.path.parent.resolve().name)
    return ""


def read_any(path: Path, options: ImportOptions | None = None) -> Imported:
    """Everything that can be read from a file or a folder; raises nothing for what cannot."""
    plan = find_files([path])
    together = Imported([], list(plan.problems))
    for _, imported in read_files(plan, options or ImportOptions()):
        together.recordings.extend(imported.recordings)
        together.problems.extend(imported.problems)
    return together
