"""Labels that lie in a file of their own, beside the recordings.

Three forms are known: a Label Studio export as CSV (one row a file), a table with a column ``file`` and a column
``label``, and the ``info.labels`` of data acquisition files.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from workbench.project.labels import tidy_text

_MOST_BYTES = 64 * 2**20
_LABEL_STUDIO = {"annotation_id", "annotator", "created_at", "id", "lead_time", "updated_at"}
_FILE_NAMES = {"file", "filename", "file_name", "path"}
_LABEL_NAMES = {"label", "class", "category"}
_UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{8}-")  # Label Studio puts it in front of the name
_WORDS_IN_NAME = re.compile(r"(?:^|[._\- ])([^\W\d_]+(?:[_\- ][^\W\d_]+)*)(?=$|[._\- ])")


def label_in_name(name: str) -> str:
    """The first words without digits in a file's name: ``squat`` in ``2024-12-01T162438_squat``; "" if none."""
    found = _WORDS_IN_NAME.search(name[:255])
    return found[1] if found else ""


def read_labels(path: Path) -> dict[str, str] | None:
    """Labels by the names of the files they belong to; None when this is no file of labels."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        if path.name == "info.labels":
            return _info_labels(path.read_text(encoding="utf-8"))
        if path.suffix.lower() == ".csv":
            return _table(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error):
        return None
    return None


def _labels(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Labels by file name, from pairs of a path and a label; a later pair replaces an earlier one."""
    found = {}
    for path, label in pairs:
        name = _name(path)
        if tidy_text(name) and tidy_text(label):
            found[name] = tidy_text(label)
    return found


def _info_labels(text: str) -> dict[str, str]:
    entries = json.loads(text)["files"]
    return _labels((entry["path"], str(entry["label"]["label"])) for entry in entries)


def _table(path: Path) -> dict[str, str] | None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        if set(columns) >= _LABEL_STUDIO:
            return _label_studio(list(reader), [name for name in columns if name not in _LABEL_STUDIO])
        file_column = next((name for name in columns if name.strip().lower() in _FILE_NAMES), None)
        label_column = next((name for name in columns if name.strip().lower() in _LABEL_NAMES), None)
        if file_column is None or label_column is None:
            return None
        return _labels((row[file_column], row[label_column]) for row in reader)


def _label_studio(rows: list[dict[str, str]], own_columns: list[str]) -> dict[str, str] | None:
    """The project's own columns are where the file was and what was chosen for it."""
    paths = [name for name in own_columns if all("/" in (row[name] or "") for row in rows)]
    choices = [name for name in own_columns if name not in paths]
    if not rows or len(paths) != 1 or len(choices) != 1:
        return None
    rows.sort(key=lambda row: row["updated_at"])
    return _labels((row[paths[0]], row[choices[0]]) for row in rows)


def _name(path: str) -> str:
    name = _UPLOAD_PREFIX.sub("", PurePosixPath(path.replace("\\", "/")).name)
    # An export that was converted for the upload has ".npy.csv".
    return name.removesuffix(".csv") if "." in name.removesuffix(".csv") else name
