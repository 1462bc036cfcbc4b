"""What the first opening of a folder puts right after a crash."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import BadProject
from workbench.project import pictures, samples
from workbench.project.labels import tidy_text
from workbench.project.model import Channel


@dataclass
class Recovered:
    """Rows for sample files that had no entry, and what to tell of them."""

    recordings: list[dict[str, Any]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


def recover(connection: sqlite3.Connection, folder: Path) -> Recovered:
    """Delete the sample files that nothing needs any more and describe those that have no entry yet."""
    known = {row["file"] for row in connection.execute("SELECT file FROM recordings")}
    disposable = {row["file"] for row in connection.execute("SELECT file FROM disposable_files")} - known
    paths = sorted(path for path in (folder / "samples").glob("*.arrow") if not path.is_symlink())
    present = {f"samples/{path.name}": path for path in paths}
    for file in disposable & present.keys():
        present[file].unlink()
    connection.execute("DELETE FROM disposable_files")
    _delete_removed_variants(connection, folder)
    found = Recovered()
    for file, path in present.items():
        if file in known | disposable:
            continue
        if path.stat().st_size == 0:  # killed before the first batch
            path.unlink()
        else:
            _adopt(found, file, path)
    return found


def _delete_removed_variants(connection: sqlite3.Connection, folder: Path) -> None:
    """Models of variants that were removed, or that a crash left without an entry."""
    known = {row["model_file"] for row in connection.execute("SELECT model_file FROM variants")}
    for path in (folder / "variants").glob("*.tflite"):
        ours = path.stem.isdecimal() and not path.is_symlink()
        if ours and f"variants/{path.name}" not in known:
            path.unlink()


def _adopt(found: Recovered, file: str, path: Path) -> None:
    try:
        adopted = _pictures(file, path) if pictures.is_picture_file(path) else _series(file, path)
    except BadProject as error:
        found.messages.append(f"{file} was left by a crash and cannot be read: {error.what}")
        return
    found.recordings += adopted
    found.messages += [f"{row['name']} was recovered from {file} after a crash." for row in adopted]


def _series(file: str, path: Path) -> list[dict[str, Any]]:
    about = samples.describe(path)
    count = samples.count_rows(path)
    if count == 0 or not about.channels or about.rate_hz is None:
        raise BadProject("it holds no samples.")
    if not (math.isfinite(about.rate_hz) and about.rate_hz > 0):
        raise BadProject("it names no sampling rate.")
    row = _row(file, about.name, about.label, about.channels)
    row |= {"kind": "series", "rate_hz": about.rate_hz, "rows": count, "first_row": 0, "shape": None}
    return [row | {"metadata": about.metadata, "source": about.source, "created": about.created}]


def _pictures(file: str, path: Path) -> list[dict[str, Any]]:
    adopted = []
    stored = pictures.PictureFile(path)
    for index in range(len(stored)):
        name, label, pixels = stored[index]
        row = _row(file, name, label, pictures.colour_channels(pixels.shape[2]))
        row |= {"kind": "picture", "rate_hz": None, "rows": 1, "first_row": index, "shape": pixels.shape}
        adopted.append(row | asdict(stored.about))
    return adopted


def _row(file: str, name: str, label: str, channels: tuple[Channel, ...]) -> dict[str, Any]:
    return {
        "name": tidy_text(name) or Path(file).stem,
        "label": tidy_text(label),
        "channels": channels,
        "file": file,
        "notes": "recovered after a crash",
    }
