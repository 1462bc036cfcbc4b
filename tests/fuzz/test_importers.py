"""Any bytes given to an importer: recordings that are sound, or one BadFile."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import BadFile
from workbench.project.importers import ImportedRecording, ImportOptions, acquisition_json, csv_file, npy_file, wav_file
from workbench.project.importers.label_files import label_in_name, read_labels

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
Reader = Callable[[Path, ImportOptions], list[ImportedRecording]]


def check(read: Reader, path: Path, content: bytes, options: ImportOptions | None = None) -> None:
    path.write_bytes(content)
    try:
        recordings = read(path, options or ImportOptions(rate_hz=100.0))
    except BadFile:
        return
    assert recordings
    for one in recordings:
        assert one.samples.dtype == np.float32
        assert one.samples.shape[1] == len(one.channels) > 0
        assert len(one.samples) > 0
        assert np.isfinite(one.samples).all()
        assert one.rate_hz > 0
        assert np.isfinite(one.rate_hz)
        assert len({channel.name for channel in one.channels}) == len(one.channels)
        assert all(0 <= part.start < part.stop <= len(one.samples) for part in one.segments)


CELL = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**12), 10**12).map(str),
    st.sampled_from(["", "time", "ax [g]", "label", "nan", "inf", "1e999", "1_0", "2024-01-01 00:00", '"', "1,5", "٣"]),
    st.text(max_size=5),
)
TABLE = st.tuples(st.sampled_from([",", ";", "\t", ", ", " "]), st.lists(st.lists(CELL, max_size=4), max_size=12)).map(
    lambda table: "\n".join(table[0].join(row) for row in table[1])
)


@FEW
@given(text=TABLE, rate_hz=st.sampled_from([0.0, 100.0]))
def test_csv_of_odd_cells(tmp_path: Path, text: str, rate_hz: float) -> None:
    check(csv_file.read, tmp_path / "a.csv", text.encode("utf-8", "replace"), ImportOptions(rate_hz=rate_hz))


@FEW
@given(content=st.binary(max_size=300))
@pytest.mark.parametrize("read", [csv_file.read, npy_file.read, wav_file.read, acquisition_json.read])
def test_any_bytes(tmp_path: Path, read: Reader, content: bytes) -> None:
    check(read, tmp_path / "a.bin", content)


@FEW
@given(
    chunks=st.lists(
        st.tuples(
            st.sampled_from([b"fmt ", b"data", b"fact", b"LIST"]), st.integers(0, 2**32 - 1), st.binary(max_size=40)
        ),
        max_size=5,
    ),
    sound=st.tuples(
        st.sampled_from([1, 3, 0xFFFE, 7]),
        st.integers(0, 3),
        st.integers(0, 2**32 - 1),
        st.sampled_from([8, 16, 24, 32, 64]),
    ),
)
def test_wav_of_odd_chunks(tmp_path: Path, chunks: list[tuple[bytes, int, bytes]], sound: tuple[int, ...]) -> None:
    code, channels, rate, bits = sound
    content = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + struct.pack("<HHIIHH", code, channels, rate, 0, 0, bits)
    content += b"".join(name + struct.pack("<I", length) + data for name, length, data in chunks)
    check(wav_file.read, tmp_path / "a.wav", content)


@FEW
@given(
    shape=st.lists(st.integers(-5, 10**12), max_size=3),
    dtype=st.sampled_from(["<f4", ">i2", "|O", "<U5", "<c8", "<f16", "|V8", "[('a', '<f4')]"]),
    fortran=st.booleans(),
    data=st.binary(max_size=200),
)
def test_npy_of_odd_headers(tmp_path: Path, shape: list[int], dtype: str, fortran: bool, data: bytes) -> None:
    header = f"{{'descr': '{dtype}', 'fortran_order': {fortran}, 'shape': {tuple(shape)!r}, }}".ljust(117) + "\n"
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data
    check(npy_file.read, tmp_path / "a.npy", content)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@FEW
@given(parts=st.fixed_dictionaries({"sensors": JSON, "interval_ms": JSON, "values": JSON}))
def test_acquisition_of_odd_parts(tmp_path: Path, parts: dict[str, object]) -> None:
    check(acquisition_json.read, tmp_path / "a.json", json.dumps({"payload": parts}).encode())


@FEW
@given(content=st.binary(max_size=200), text=st.text(max_size=300))
def test_labels_of_any_kind(tmp_path: Path, content: bytes, text: str) -> None:
    (tmp_path / "a.csv").write_bytes(b"file,label\n" + content)
    (tmp_path / "info.labels").write_bytes(content)
    for name in ("a.csv", "info.labels"):
        labels = read_labels(tmp_path / name)
        assert labels is None or all(isinstance(label, str) for label in labels.values())
    assert isinstance(label_in_name(text), str)
