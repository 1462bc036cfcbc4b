"""Picture files: many pictures in one Arrow stream, one a row, as they are (uint8, no loss)."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.errors import BadProject
from workbench.project.model import Channel

_SCHEMA = pa.schema(
    [
        pa.field("name", pa.string()),
        pa.field("label", pa.string()),
        pa.field("height", pa.int32()),
        pa.field("width", pa.int32()),
        pa.field("colours", pa.int32()),
        pa.field("pixels", pa.binary()),
    ],
    metadata={b"workbench-pictures": json.dumps({"order": "row, column, colour"}).encode()},
)
_BATCH = 64
_ABOUT = b"workbench"


@dataclass(frozen=True)
class PictureAbout:
    """What all pictures of a take have in common, for a file whose entries were never written."""

    metadata: dict[str, str] = field(default_factory=dict)
    source: str = ""
    created: str = ""


class PictureWriter:
    """Pictures as they come; each one survives a kill as soon as it is written."""

    def __init__(self, path: Path, about: PictureAbout) -> None:
        schema = _SCHEMA.with_metadata((_SCHEMA.metadata or {}) | {_ABOUT: json.dumps(asdict(about)).encode()})
        self._file = path.open("wb")
        self._stream = pa.ipc.new_stream(self._file, schema)

    def write(self, name: str, label: str, pixels: np.ndarray) -> None:
        """Add a picture, uint8 (H, W, C)."""
        self._stream.write_batch(pa.RecordBatch.from_pylist([_row(name, label, pixels)], schema=_SCHEMA))
        self._file.flush()

    def close(self) -> None:
        """End the file; a second call does nothing."""
        if not self._file.closed:
            self._stream.close()
            self._file.close()


def _row(name: str, label: str, pixels: np.ndarray) -> dict[str, Any]:
    height, width, colours = pixels.shape
    stored = np.ascontiguousarray(pixels, np.uint8).tobytes()
    return {"name": name, "label": label, "height": height, "width": width, "colours": colours, "pixels": stored}


def write_pictures(path: Path, pictures: Iterable[tuple[str, str, np.ndarray]]) -> None:
    """Write (name, label, uint8 (H, W, C)) one after the other."""
    # Not compressed: any picture can then be read straight from the mapped file.
    with path.open("wb") as file, pa.ipc.new_stream(file, _SCHEMA) as stream:
        waiting = []
        for name, label, pixels in pictures:
            waiting.append(_row(name, label, pixels))
            if len(waiting) == _BATCH:
                stream.write_batch(pa.RecordBatch.from_pylist(waiting, schema=_SCHEMA))
                waiting = []
        if waiting:
            stream.write_batch(pa.RecordBatch.from_pylist(waiting, schema=_SCHEMA))


def colour_channels(colours: int) -> tuple[Channel, ...]:
    """The channels of a picture with this many colours: grey, or red, green and blue."""
    names = ("grey",) if colours == 1 else ("red", "green", "blue")
    return tuple(Channel(name) for name in names)


def is_picture_file(path: Path) -> bool:
    """Whether a sample file holds pictures."""
    try:
        with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
            return bool(stream.schema.equals(_SCHEMA))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        return False


class PictureFile:
    """The whole pictures of one file, mapped into memory, not copied; a torn end is no error.

    Raises BadProject when the file is no picture file or a picture's size does not fit its pixels.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._batches: list[pa.RecordBatch] = []
        self._starts = [0]
        self.about = PictureAbout()
        try:
            with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
                if not stream.schema.equals(_SCHEMA):
                    raise BadProject("The file holds no pictures.", where=str(path))
                self.about = _about(stream.schema.metadata or {})
                self._read(stream)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            raise BadProject("The sample file cannot be read.", where=str(path)) from error

    def _read(self, stream: pa.RecordBatchReader) -> None:
        while True:
            try:
                batch = stream.read_next_batch()
                batch.validate(full=True)
            except (StopIteration, pa.ArrowInvalid, OSError):
                return
            self._batches.append(batch)
            self._starts.append(self._starts[-1] + batch.num_rows)

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, row: int) -> tuple[str, str, np.ndarray]:
        """Name, label and uint8 (H, W, C) of one picture."""
        if not 0 <= row < len(self):
            raise BadProject(f"The sample file ends before picture {row}.", where=str(self._path))
        index = bisect_right(self._starts, row) - 1
        batch, inside = self._batches[index], row - self._starts[index]
        name, label, height, width, colours, data = (batch.column(column)[inside].as_py() for column in range(6))
        sizes = (height, width, colours)
        sound = None not in (*sizes, name, label, data) and min(height, width) > 0 and colours in (1, 3)
        if not sound or height * width * colours != len(data):
            raise BadProject(f"Picture {row} is damaged.", where=str(self._path))
        return name, label, np.frombuffer(data, np.uint8).reshape(sizes).copy()


def _about(metadata: Mapping[bytes, bytes]) -> PictureAbout:
    """What a take noted of itself; nothing where it is missing or was tampered with."""
    try:
        found = json.loads(metadata[_ABOUT])
        noted = found["metadata"].items()
        return PictureAbout({str(key): str(value) for key, value in noted}, str(found["source"]), str(found["created"]))
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return PictureAbout()
