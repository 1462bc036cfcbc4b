"""NumPy's .npy: a series (rows, channels) or (rows,), read as far as it goes when the file was cut off.

The header is parsed with NumPy's own functions, which take literals only; object arrays (pickles) are refused.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import BinaryIO

import numpy as np

from workbench.errors import BadFile
from workbench.project.importers.imported import MOST_CHANNELS, MOST_VALUES, ImportedRecording
from workbench.project.importers.options import ImportOptions
from workbench.project.model import Channel

SUFFIXES = (".npy",)


def read(path: Path, options: ImportOptions) -> list[ImportedRecording]:
    """The series in one file; raises BadFile when there is none, or no rate was given."""
    if path.stat().st_size == 0:
        raise BadFile("The file is empty (0 bytes).", where=str(path))
    with path.open("rb") as file:
        shape, dtype = _header(file, path)
        _check(shape, dtype, path)
        width = shape[1] if len(shape) == 2 else 1
        most_rows = min(shape[0], MOST_VALUES // width)
        content = file.read(most_rows * width * dtype.itemsize)
    rows = len(content) // (width * dtype.itemsize)
    if rows == 0:
        raise BadFile("The file ends before its first row.", where=str(path))
    if options.rate_hz <= 0:
        raise BadFile("An .npy file does not tell its rate.", where=str(path), to_do="Give the sampling rate.")
    values = np.frombuffer(content, dtype, rows * width).reshape(rows, width).astype(np.float32)
    notes = [] if rows == shape[0] else [f"truncated: {rows} of {shape[0]} rows"]
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        values = values[finite]
        notes.append(f"rows left out because they are not finite: {int((~finite).sum())}")
        if not len(values):
            raise BadFile("None of its rows is finite.", where=str(path))
    channels = tuple(Channel(f"channel {number}", options.unit) for number in range(1, width + 1))
    return [ImportedRecording(path.stem, channels, options.rate_hz, values, notes="; ".join(notes))]


def _header(file: BinaryIO, path: Path) -> tuple[tuple[int, ...], np.dtype]:
    try:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, column_major, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, column_major, dtype = np.lib.format.read_array_header_2_0(file)
        else:
            raise ValueError(f"version {version}")
    except (ValueError, EOFError, SyntaxError, MemoryError, RecursionError) as error:
        raise BadFile("This is no .npy file.", where=str(path)) from error
    if column_major and len(shape) > 1:
        raise BadFile("The array is stored by columns (Fortran order).", where=str(path), to_do="Save it by rows.")
    return shape, dtype


def _check(shape: tuple[int, ...], dtype: np.dtype, path: Path) -> None:
    if dtype.hasobject or dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise BadFile(f"The array holds {dtype}, not numbers.", where=str(path))
    if len(shape) not in (1, 2) or math.prod(shape) == 0 or min(shape) < 0:
        raise BadFile(f"An array of shape {shape} is no series.", where=str(path), to_do="Save (rows, channels).")
    if len(shape) == 2 and shape[1] > MOST_CHANNELS:
        raise BadFile(f"{shape[1]} channels are more than {MOST_CHANNELS}.", where=str(path))
