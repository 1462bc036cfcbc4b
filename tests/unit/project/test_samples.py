"""Sample files: what is written comes back, whole batches survive a torn end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from workbench.errors import BadProject
from workbench.project.model import Channel
from workbench.project.pictures import PictureFile, is_picture_file, write_pictures
from workbench.project.samples import FileDescription, SamplesWriter, count_rows, describe, read_samples

ABOUT = FileDescription(
    (Channel("ax", "m/s²"), Channel("ay")), 99.5, "wave", "up", {"subject": "01"}, "port", "2026-01-01T00:00:00"
)


def noise(rows: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(rows, 2)).astype(np.float32)


def test_values_and_description_come_back(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    values = noise(40_000)
    with SamplesWriter(path, ABOUT) as writer:
        for start in range(0, len(values), 777):
            writer.write(values[start : start + 777])
    assert writer.rows == count_rows(path) == 40_000
    assert describe(path) == ABOUT
    np.testing.assert_array_equal(read_samples(path), values)
    np.testing.assert_array_equal(read_samples(path, 16_000, 1000), values[16_000:17_000])
    assert read_samples(path, 39_990, 100).shape == (10, 2)
    assert read_samples(path, 50_000, 10).shape == (0, 2)


def test_sixteen_bits_lose_half_a_step_at_most(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    values = noise(5000)
    scales = np.abs(values).max(axis=0) / 32767
    with SamplesWriter(path, ABOUT, scales=scales, compress=True) as writer:
        writer.write(values)
        writer.write(np.full((1, 2), 1e9, np.float32))
    error = np.abs(read_samples(path, 0, 5000) - values)
    assert (error <= scales * 0.501).all()
    np.testing.assert_allclose(read_samples(path, 5000, 1)[0], scales * 32767, rtol=1e-6)  # clipped


def test_what_was_flushed_survives_without_an_end(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    values = noise(300)
    writer = SamplesWriter(path, ABOUT)
    writer.write(values[:100])
    writer.flush()
    writer.write(values[100:200])
    writer.flush()
    torn = path.read_bytes()
    writer.close()
    path.write_bytes(torn)
    np.testing.assert_array_equal(read_samples(path), values[:200])
    path.write_bytes(torn[:-100])  # in the middle of the second batch
    np.testing.assert_array_equal(read_samples(path), values[:100])


def test_rows_are_flushed_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("workbench.project.samples.time.monotonic", lambda: clock[0])
    path = tmp_path / "a.arrow"
    with SamplesWriter(path, ABOUT) as writer:
        writer.write(noise(10))
        assert path.stat().st_size == 0
        clock[0] = 0.6
        writer.write(noise(10))
        assert count_rows(path) == 20


def test_rows_of_another_width_are_a_defect(tmp_path: Path) -> None:
    with SamplesWriter(tmp_path / "a.arrow", ABOUT) as writer, pytest.raises(ValueError, match="2 channels"):
        writer.write(np.zeros((3, 5), np.float32))


@pytest.mark.parametrize("content", [b"", b"no arrow at all", b"\xff\xff\xff\xff\x10\x00\x00\x00" + bytes(50)])
def test_what_is_no_sample_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.arrow"
    path.write_bytes(content)
    for read in (describe, count_rows, read_samples, PictureFile):
        with pytest.raises(BadProject):
            read(path)
    assert not is_picture_file(path)


def test_columns_of_another_type_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    batch = pa.record_batch([pa.array(["a", "b"])], names=["text"])
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, batch.schema) as stream:
        stream.write_batch(batch)
    with pytest.raises(BadProject, match="no series of numbers"):
        read_samples(path)
    with pytest.raises(BadProject, match="does not say"):
        describe(path)


def test_sixteen_bits_without_a_scale_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    batch = pa.record_batch([pa.array([1, 2], pa.int16())], names=["x"])
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, batch.schema) as stream:
        stream.write_batch(batch)
    with pytest.raises(BadProject, match="scale"):
        read_samples(path)


def test_pictures_of_several_sizes_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "p.arrow"
    rng = np.random.default_rng(2)
    pixels = [rng.integers(0, 255, (3 + n % 4, 5, 1 + 2 * (n % 2)), np.uint8) for n in range(150)]
    write_pictures(path, ((f"p{n}", "cat", one) for n, one in enumerate(pixels)))
    stored = PictureFile(path)
    assert len(stored) == 150
    for row in (149, 0, 63, 64):
        name, label, read = stored[row]
        assert (name, label) == (f"p{row}", "cat")
        np.testing.assert_array_equal(read, pixels[row])
    with pytest.raises(BadProject, match="ends before"):
        stored[150]


def test_a_picture_whose_size_lies_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.arrow"
    write_pictures(path, [("p", "cat", np.zeros((4, 4, 1), np.uint8))])
    with pa.OSFile(str(path), "rb") as file, pa.ipc.open_stream(file) as stream:
        table = stream.read_all()
    row = table.to_pylist()[0] | {"height": 4000}
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_batch(pa.RecordBatch.from_pylist([row], schema=table.schema))
    with pytest.raises(BadProject, match="damaged"):
        PictureFile(path)[0]
