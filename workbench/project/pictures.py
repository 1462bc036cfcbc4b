"""Picture files: many pictures in one Arrow stream, one a row, as they are (uint8, no loss)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

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


def write_pictures(path: Path, pictures: Iterable[tuple[str, str, np.ndarray]]) -> None:
    """Write (name, label, uint8 (H, W, C)) one after the other."""
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with path.open("wb") as file, pa.ipc.new_stream(file, _SCHEMA, options=options) as stream:
        waiting = []
        for name, label, pixels in pictures:
            height, width, colours = pixels.shape
            row = {"name": name, "label": label, "height": height, "width": width, "colours": colours}
            waiting.append(row | {"pixels": np.ascontiguousarray(pixels, np.uint8).tobytes()})
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


def pictures(path: Path, first_row: int = 0) -> Iterator[tuple[str, str, np.ndarray]]:
    """(name, label, uint8 (H, W, C)) of each whole picture from ``first_row`` on.

    Raises BadProject when the file is no picture file or a size does not fit its pixels.
    """
    try:
        with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
            if not stream.schema.equals(_SCHEMA):
                raise BadProject("The file holds no pictures.", where=str(path))
            position = 0
            while True:
                try:
                    batch = stream.read_next_batch()
                    batch.validate(full=True)
                except (StopIteration, pa.ArrowInvalid, OSError):
                    return  # a torn end is no error: what is whole counts
                for index in range(max(first_row - position, 0), batch.num_rows):
                    yield _picture(batch, index, path)
                position += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise BadProject("The sample file cannot be read.", where=str(path)) from error


def _picture(batch: pa.RecordBatch, index: int, path: Path) -> tuple[str, str, np.ndarray]:
    name, label, height, width, colours, data = (batch.column(column)[index].as_py() for column in range(6))
    sizes = (height, width, colours)
    if None in (*sizes, name, label, data) or min(sizes) < 1 or height * width * colours != len(data):
        raise BadProject(f"The picture in row {index} is damaged.", where=str(path))
    return name, label, np.frombuffer(data, np.uint8).reshape(sizes).copy()


def read_picture(path: Path, row: int) -> np.ndarray:
    """One picture, uint8 (H, W, C)."""
    for _, _, pixels in pictures(path, row):
        return pixels
    raise BadProject(f"The sample file ends before picture {row}.", where=str(path))
