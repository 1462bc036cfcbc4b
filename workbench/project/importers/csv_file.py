"""Delimited text: with or without a header, any separator, decimal comma, a time column or a given rate.

Lines that are not numbers are left out and counted, columns that are not numbers too; a column called label,
class or activity becomes segments. Blocks between blank lines are recordings of their own.
"""

from __future__ import annotations

import itertools
import math
import re
from array import array
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from workbench.errors import BadFile
from workbench.project.importers.imported import MOST_CHANNELS, MOST_VALUES, ImportedRecording, LabelledRows
from workbench.project.importers.options import ImportOptions
from workbench.project.importers.time_column import guess_unit, is_time_name, timing, unit_in_name
from workbench.project.labels import tidy_text
from workbench.project.model import Channel

SUFFIXES = (".csv", ".tsv", ".txt", ".log")
_MOST_BYTES = 256 * 2**20
_LONGEST_LINE = 65536
_SAMPLE_LINES = 50
_FEWEST_ROWS = 2
_FEWEST_ROWS_OF_A_BLOCK = 10
# Separator (None: any white space) and decimal mark, the better guess first when two explain a file equally well.
_STYLES = ((";", "."), (";", ","), ("\t", "."), ("\t", ","), (",", "."), ("|", "."), (None, "."), (None, ","))
_LABEL_NAMES = {"label", "class", "activity", "target", "category"}
_UNIT = re.compile(r"^(?P<name>[^\[(]*?)\s*[\[(](?P<unit>[^\])]{1,20})[\])]$")


@dataclass(frozen=True)
class _Style:
    separator: str | None
    decimal: str

    def fields(self, line: str) -> list[str]:
        if self.separator is None:
            return [_unquoted(field) for field in line.split()]
        return [_unquoted(field) for field in line.split(self.separator)]

    def number(self, field: str) -> float:
        """The field as a number, NaN when it is none."""
        if self.decimal == ",":
            field = field.replace(",", ".")
        if "_" in field:  # Python would read 1_000 as a number
            return math.nan
        try:
            return float(field)
        except ValueError:
            return math.nan


@dataclass(frozen=True)
class _Layout:
    """Which columns are numbers, which is time, which is the label."""

    style: _Style
    width: int
    names: tuple[str, ...]  # one a column; "" when the file has no header
    numeric: tuple[int, ...]
    label: int | None
    calendar: int | None  # a column of dates


def read(path: Path, options: ImportOptions) -> list[ImportedRecording]:
    """The recordings of one text file; raises BadFile when it holds no series."""
    lines = _lines(path)
    layout = _layout(lines, path)
    return _recordings(lines, layout, path, options)


def _lines(path: Path) -> list[str]:
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise BadFile(f"The file has {size / 2**20:.0f} MB; {_MOST_BYTES // 2**20} are allowed.", where=str(path))
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    elif b"\0" in content[:65536]:
        raise BadFile("This is no text.", where=str(path))
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    return text.splitlines()


def _unquoted(field: str) -> str:
    return field.strip().strip('"').strip()


def _layout(lines: list[str], path: Path) -> _Layout:
    filled = (line for line in lines if line.strip() and len(line) <= _LONGEST_LINE)
    sample = [line for line, _ in zip(filled, range(_SAMPLE_LINES), strict=False)]
    if not sample:
        raise BadFile("The file is empty.", where=str(path))
    best: tuple[float, _Layout] | None = None
    for separator, decimal in _STYLES:
        if separator is not None and not any(separator in line for line in sample):
            continue
        found = _explain(sample, _Style(separator, decimal))
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        raise BadFile("There are no columns of numbers in it.", where=str(path))
    return best[1]


def _explain(sample: list[str], style: _Style) -> tuple[float, _Layout] | None:
    """How well a style explains the sample (the number of cells that are numbers), and the layout it gives."""
    split = [style.fields(line) for line in sample]
    widths = [len(fields) for fields in split]
    width = max(set(widths), key=lambda one: (widths.count(one), one))
    if width > MOST_CHANNELS:
        return None
    rows = [fields for fields in split if len(fields) == width]
    has_header = _is_header(rows, style)
    header = rows[0] if has_header else [""] * width
    body = rows[1:] if has_header else rows
    if not body:
        return None
    numbers = [sum(not math.isnan(style.number(row[column])) for row in body) for column in range(width)]
    numeric = tuple(column for column in range(width) if numbers[column] > len(body) / 2)
    texts = [column for column in range(width) if column not in numeric]
    calendar = next((c for c in texts if _moment(body[0][c]) is not None and _moment(body[-1][c]) is not None), None)
    if not numeric:
        return None
    label = next((column for column in range(width) if header[column].strip().lower() in _LABEL_NAMES), None)
    names = tuple(header)
    score = sum(numbers[column] for column in numeric) * (1 + 1e-6 * (width > 1))
    numeric = tuple(column for column in numeric if column != label)
    return (score, _Layout(style, width, names, numeric, label, calendar)) if numeric else None


def _is_header(rows: list[list[str]], style: _Style) -> bool:
    """The first line names columns when it has no number and the second has one."""
    if len(rows) < 2 or not any(rows[0]):
        return False
    first, second = ([style.number(field) for field in row] for row in rows[:2])
    return all(map(math.isnan, first)) and not all(map(math.isnan, second))


def _moment(field: str) -> float | None:
    """Seconds since 1970 of a date with time, or None."""
    if len(field) < 8 or len(field) > 40:
        return None
    try:
        return datetime.fromisoformat(field.replace("/", "-")).timestamp()
    except (ValueError, OverflowError):
        return None


@dataclass
class _Rows:
    """The rows of one block while they are read."""

    values: array[float]  # row after row: a list of lists would take five times the memory
    labels: list[str]
    moments: list[float]


def _no_rows() -> _Rows:
    return _Rows(array("d"), [], [])


def _recordings(lines: list[str], layout: _Layout, path: Path, options: ImportOptions) -> list[ImportedRecording]:
    blocks, bad, full = _blocks(lines, layout)
    width = len(layout.numeric)
    if len(blocks) > 1 and min(len(block.values) for block in blocks) < _FEWEST_ROWS_OF_A_BLOCK * width:
        blocks = [_joined(blocks)]  # blank lines here and there are no boundaries
    if not blocks or len(blocks[0].values) < _FEWEST_ROWS * width:
        raise BadFile("There are fewer than two rows of numbers in it.", where=str(path))
    remarks = []
    if bad:
        remarks.append(f"lines left out because they are no rows of {layout.width} values: {bad}")
    if full:
        remarks.append(f"read up to the limit of {MOST_VALUES:,} values")
    recordings = []
    for number, block in enumerate(blocks, 1):
        one = _recording(block, layout, path, options)
        name = one.name if len(blocks) == 1 else f"{one.name}, part {number}"
        recordings.append(replace(one, name=name, notes="; ".join([*filter(None, [one.notes]), *remarks])))
    return recordings


def _blocks(lines: list[str], layout: _Layout) -> tuple[list[_Rows], int, bool]:
    """The rows between blank lines, how many lines were no rows, and whether the limit was reached."""
    blocks = [_no_rows()]
    bad, count = 0, 0
    has_header = any(layout.names)
    for line in lines:
        if not line.strip():
            if blocks[-1].values:
                blocks.append(_no_rows())
            continue
        fields = layout.style.fields(line) if len(line) <= _LONGEST_LINE else []
        row = [layout.style.number(fields[c]) for c in layout.numeric] if len(fields) == layout.width else []
        if not row or not all(map(math.isfinite, row)):
            is_header = has_header and len(fields) == layout.width and tuple(fields) == layout.names
            bad += not is_header  # a header may come again with each block
            continue
        block = blocks[-1]
        block.values.extend(row)
        if layout.label is not None:
            block.labels.append(fields[layout.label])
        if layout.calendar is not None:
            block.moments.append(_moment(fields[layout.calendar]) or math.nan)
        count += len(row)
        if count >= MOST_VALUES:
            return blocks, bad, True
    return [block for block in blocks if block.values], bad, False


def _joined(blocks: list[_Rows]) -> _Rows:
    together = _no_rows()
    for block in blocks:
        together.values += block.values
        together.labels += block.labels
        together.moments += block.moments
    return together


def _recording(block: _Rows, layout: _Layout, path: Path, options: ImportOptions) -> ImportedRecording:
    table = np.frombuffer(block.values, np.float64).reshape(-1, len(layout.numeric))
    names = [layout.names[column] for column in layout.numeric]
    has_header = any(layout.names)
    time = _time_index(table, names, has_header, options)
    notes = []
    if options.rate_hz > 0:
        rate_hz = options.rate_hz
    else:
        rate_hz, note = _rate(table, names, time, np.array(block.moments), path)
        notes.append(note)
    kept = [index for index in range(len(names)) if index != time]
    if not kept:
        raise BadFile("There is a time column and nothing else.", where=str(path))
    left_out = [
        layout.names[column] or f"column {column + 1}"
        for column in range(layout.width)
        if column not in (*layout.numeric, layout.label, layout.calendar)
    ]
    if left_out:
        notes.append(f"not numbers and left out: {', '.join(map(tidy_text, left_out))}")
    with np.errstate(over="ignore"):  # told right below
        samples = table[:, kept].astype(np.float32)
    if not np.isfinite(samples).all():
        raise BadFile("There are numbers too large for 32 bits.", where=str(path))
    label, segments = _segments(block.labels)
    channels = _channels([names[index] for index in kept], options.unit)
    return ImportedRecording(path.stem, channels, rate_hz, samples, label, {}, "; ".join(notes), segments)


def _time_index(table: np.ndarray, names: list[str], has_header: bool, options: ImportOptions) -> int | None:
    """Which of the numeric columns is time."""
    if has_header:
        return next((index for index, name in enumerate(names) if is_time_name(_split_unit(name)[0])), None)
    if len(names) < 2 or options.rate_hz > 0 or len(table) < 3:
        return None
    # Without a header, a first column that grows with each row in nearly equal steps can only be time.
    steps = np.diff(table[:, 0])
    regular = (steps > 0).all() and steps.max() <= 3 * np.median(steps)
    return 0 if regular else None


def _rate(table: np.ndarray, names: list[str], time: int | None, moments: np.ndarray, path: Path) -> tuple[float, str]:
    found = None
    if time is not None:
        name, unit = _split_unit(names[time])
        times = table[:, time]
        per_unit = unit_in_name(unit) or unit_in_name(name) or guess_unit(times)
        found = timing(times, per_unit, name or "column 1")
    elif len(moments) and np.isfinite(moments).all():
        found = timing(moments, 1.0, "date")
    if found is None or not math.isfinite(found.rate_hz):
        raise BadFile("It has no time column.", where=str(path), to_do="Give the sampling rate.")
    return found.rate_hz, found.note


def _split_unit(name: str) -> tuple[str, str]:
    """``ax [g]`` or ``temperature (°C)`` as name and unit."""
    match = _UNIT.match(name.strip())
    return (match["name"].strip(), match["unit"].strip()) if match else (name.strip(), "")


def _channels(names: list[str], unit: str) -> tuple[Channel, ...]:
    channels: list[Channel] = []
    taken: set[str] = set()
    for number, full_name in enumerate(names, 1):
        name, own_unit = _split_unit(full_name)
        name = base = tidy_text(name) or f"channel {number}"
        again = 2
        while name in taken:
            name, again = f"{base} {again}", again + 1
        taken.add(name)
        channels.append(Channel(name, tidy_text(own_unit) or unit))
    return tuple(channels)


def _segments(labels: list[str]) -> tuple[str, tuple[LabelledRows, ...]]:
    """One label for all, or a segment for each run of rows with the same one."""
    tidy = [tidy_text(label) for label in labels]
    if len(set(tidy)) <= 1:
        return (tidy[0] if tidy else ""), ()
    bounds = [0, *(row for row in range(1, len(tidy)) if tidy[row] != tidy[row - 1]), len(tidy)]
    runs = itertools.pairwise(bounds)
    return "", tuple(LabelledRows(start, stop, tidy[start]) for start, stop in runs if tidy[start])
