"""Sample files: Arrow IPC streams that can be read up to the last whole batch after a crash.

A series has one column a channel, float32, or int16 with a scale in the field's metadata (value = stored ×
scale). A picture file has one row a picture. The schema's metadata describes the recording, so that a file
whose entry in the database was never written can be adopted.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.errors import BadProject
from workbench.project.model import Channel

_FLUSH_S = 0.5
_FLUSH_ROWS = 16384
_KEY = b"workbench"
_INT16_FULL_SCALE = 32767


@dataclass(frozen=True)
class FileDescription:
    """What a sample file says of itself. ``rate_hz`` is None for pictures."""

    channels: tuple[Channel, ...]
    rate_hz: float | None
    name: str = ""
    label: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    source: str = ""
    created: str = ""


class SamplesWriter:
    """Streams rows of one series to a file; what was written survives a kill half a second later.

    ``scales`` (one a channel) stores int16 instead of float32: half a scale is the largest error, values
    beyond ±32767 scales are clipped. ``compress`` packs each batch with zstd.
    """

    def __init__(
        self,
        path: Path,
        description: FileDescription,
        *,
        scales: Sequence[float] | np.ndarray | None = None,
        compress: bool = False,
    ) -> None:
        if description.rate_hz is None or not description.channels:
            raise ValueError("a series has a sampling rate and at least one channel")
        self._scales = None if scales is None else np.asarray(scales, np.float64)
        self._schema = _schema(description, scales)
        self._width = len(description.channels)
        self.rows = 0
        self._waiting: list[np.ndarray] = []
        self._waiting_rows = 0
        self._file = path.open("wb")
        options = pa.ipc.IpcWriteOptions(compression="zstd" if compress else None)
        self._stream = pa.ipc.new_stream(self._file, self._schema, options=options)
        self._file.flush()
        self._flushed = time.monotonic()

    def __enter__(self) -> SamplesWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, rows: np.ndarray) -> None:
        """Add rows, float32 (n, channels)."""
        if rows.ndim != 2 or rows.shape[1] != self._width:
            raise ValueError(f"rows of {self._width} channels, not {rows.shape}")
        self._waiting.append(np.array(rows, np.float32))
        self._waiting_rows += len(rows)
        self.rows += len(rows)
        if self._waiting_rows >= _FLUSH_ROWS or time.monotonic() - self._flushed >= _FLUSH_S:
            self.flush()

    def flush(self) -> None:
        """Hand everything that waits to the operating system."""
        if self._waiting_rows:
            rows = np.concatenate(self._waiting)
            self._waiting, self._waiting_rows = [], 0
            self._stream.write_batch(pa.record_batch(self._columns(rows), schema=self._schema))
            self._file.flush()
        self._flushed = time.monotonic()

    def close(self) -> None:
        """Flush and end the file; a second call does nothing."""
        if not self._file.closed:
            self.flush()
            self._stream.close()
            self._file.close()

    def _columns(self, rows: np.ndarray) -> list[pa.Array]:
        if self._scales is None:
            return [_column(column, pa.float32()) for column in rows.T]
        stored = np.rint(rows / self._scales).clip(-_INT16_FULL_SCALE, _INT16_FULL_SCALE).astype(np.int16)
        return [_column(column, pa.int16()) for column in stored.T]


def _column(values: np.ndarray, kind: pa.DataType) -> pa.Array:
    """Values as a column. pa.array() would do, but imports pandas where that is installed: a stall of a second."""
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def _schema(description: FileDescription, scales: Sequence[float] | np.ndarray | None) -> pa.Schema:
    fields = []
    for index, channel in enumerate(description.channels):
        about = {"unit": channel.unit}
        if scales is not None:
            about["scale"] = repr(float(scales[index]))
        fields.append(pa.field(channel.name, pa.float32() if scales is None else pa.int16(), metadata=about))
    return pa.schema(fields, metadata={_KEY: _about(description)})


def _about(description: FileDescription) -> bytes:
    about = {
        "name": description.name,
        "label": description.label,
        "rate_hz": description.rate_hz,
        "metadata": description.metadata,
        "source": description.source,
        "created": description.created,
    }
    return json.dumps(about).encode()


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The whole batches of a file; a torn end is no error, a missing beginning is."""
    try:
        with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
            while True:
                try:
                    batch = stream.read_next_batch()
                    batch.validate(full=True)
                except (StopIteration, pa.ArrowInvalid, OSError):
                    return
                yield batch
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise BadProject("The sample file cannot be read.", where=str(path)) from error


def count_rows(path: Path) -> int:
    """How many whole rows a file has; raises BadProject when it is no sample file."""
    return sum(batch.num_rows for batch in _batches(path))


def read_samples(path: Path, first_row: int = 0, rows: int | None = None) -> np.ndarray:
    """Rows of a series, float32 (n, channels); fewer than asked for when the file ends earlier."""
    parts = []
    last = math.inf if rows is None else first_row + rows
    position = 0
    for batch in _batches(path):
        start, stop = max(first_row - position, 0), min(last - position, batch.num_rows)
        if start < stop:
            parts.append(_values(batch, path, int(start), int(stop)))
        position += batch.num_rows
        if position >= last:
            break
    if parts:
        return np.concatenate(parts)
    return np.empty((0, len(describe(path).channels)), np.float32)


def _values(batch: pa.RecordBatch, path: Path, start: int, stop: int) -> np.ndarray:
    values = np.empty((stop - start, batch.num_columns), np.float32)
    for index, about in enumerate(batch.schema):
        column = batch.column(index)
        if about.type not in (pa.float32(), pa.int16()) or column.null_count:
            raise BadProject(f"The column {about.name!r} is no series of numbers.", where=str(path))
        values[:, index] = _numbers(column)[start:stop]
        if about.type == pa.int16():
            values[:, index] *= np.float32(_scale(about, path))
    return values


def _numbers(column: pa.Array) -> np.ndarray:
    """The column's buffer as it lies in the file; to_numpy() would import pandas, as pa.array() does."""
    stored = np.frombuffer(column.buffers()[1], np.float32 if column.type == pa.float32() else np.int16)
    return stored[column.offset : column.offset + len(column)]


def _scale(about: pa.Field, path: Path) -> float:
    try:
        scale = float((about.metadata or {})[b"scale"])
    except (KeyError, ValueError):
        scale = math.nan
    if not math.isfinite(scale):
        raise BadProject(f"The column {about.name!r} has no scale.", where=str(path))
    return scale


def _open_schema(path: Path) -> pa.Schema:
    try:
        with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
            return stream.schema
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise BadProject("The sample file cannot be read.", where=str(path)) from error


def describe(path: Path) -> FileDescription:
    """What the file says of itself; raises BadProject when it does not say it."""
    schema = _open_schema(path)
    try:
        about: dict[str, Any] = json.loads((schema.metadata or {})[_KEY])
        rate = about["rate_hz"]
        channels = tuple(
            Channel(one.name, (one.metadata or {}).get(b"unit", b"").decode("utf-8", "replace")) for one in schema
        )
        return FileDescription(
            channels=channels,
            rate_hz=None if rate is None else float(rate),
            name=str(about["name"]),
            label=str(about["label"]),
            metadata={str(key): str(value) for key, value in dict(about["metadata"]).items()},
            source=str(about["source"]),
            created=str(about["created"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadProject("The sample file does not say what it holds.", where=str(path)) from error
