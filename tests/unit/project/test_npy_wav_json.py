"""NPY, WAV and acquisition files, sound and bent."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from workbench.errors import BadFile
from workbench.project import Channel
from workbench.project.importers import ImportOptions, acquisition_json, npy_file, wav_file

RATE = ImportOptions(rate_hz=50.0)


class TestNpy:
    @pytest.mark.parametrize("dtype", ["<i2", ">i2", "u1", "<f4", "<f8", "<i8"])
    def test_numbers_of_any_kind(self, tmp_path: Path, dtype: str) -> None:
        values = np.arange(12).reshape(4, 3)
        np.save(tmp_path / "a.npy", values.astype(dtype))
        (one,) = npy_file.read(tmp_path / "a.npy", RATE)
        np.testing.assert_array_equal(one.samples, values)
        assert (one.samples.dtype, one.rate_hz, len(one.channels), one.notes) == (np.float32, 50.0, 3, "")

    def test_one_dimension_is_one_channel(self, tmp_path: Path) -> None:
        np.save(tmp_path / "a.npy", np.arange(5.0))
        assert npy_file.read(tmp_path / "a.npy", RATE)[0].samples.shape == (5, 1)

    def test_a_truncated_file_is_read_as_far_as_it_goes(self, tmp_path: Path) -> None:
        np.save(tmp_path / "a.npy", np.arange(300, dtype="<i2").reshape(100, 3))
        content = (tmp_path / "a.npy").read_bytes()
        (tmp_path / "a.npy").write_bytes(content[:-61])
        (one,) = npy_file.read(tmp_path / "a.npy", RATE)
        np.testing.assert_array_equal(one.samples, np.arange(89 * 3).reshape(89, 3))
        assert one.notes == "truncated: 89 of 100 rows"

    def test_rows_that_are_not_finite_are_left_out(self, tmp_path: Path) -> None:
        np.save(tmp_path / "a.npy", np.array([[1.0, 2.0], [np.nan, 1.0], [3.0, 4.0]]))
        (one,) = npy_file.read(tmp_path / "a.npy", RATE)
        assert one.samples.tolist() == [[1, 2], [3, 4]]
        assert "not finite: 1" in one.notes

    @pytest.mark.parametrize(
        ("array", "message"),
        [
            (np.array([{}]), "object"),
            (np.array(["a"]), "not numbers"),
            (np.array([1j]), "not numbers"),
            (np.zeros((2, 2, 2)), "no series"),
            (np.zeros((0, 3)), "no series"),
            (np.float64(3), "no series"),
            (np.asfortranarray(np.ones((3, 2))), "Fortran"),
            (np.zeros((2, 1000)), "channels"),
            (np.full((2, 1), np.nan), "finite"),
        ],
    )
    def test_what_is_no_series_is_told(self, tmp_path: Path, array: np.ndarray, message: str) -> None:
        np.save(tmp_path / "a.npy", array, allow_pickle=True)
        with pytest.raises(BadFile, match=message):
            npy_file.read(tmp_path / "a.npy", RATE)

    @pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x09\x00\x00\x00", b"abc" * 50])
    def test_broken_files_are_told(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.npy").write_bytes(content)
        with pytest.raises(BadFile):
            npy_file.read(tmp_path / "a.npy", RATE)

    def test_no_rate_is_told(self, tmp_path: Path) -> None:
        np.save(tmp_path / "a.npy", np.arange(5.0))
        with pytest.raises(BadFile, match="Give the sampling rate"):
            npy_file.read(tmp_path / "a.npy", ImportOptions())


def wav(
    code: int,
    bits: int,
    data: bytes,
    *,
    channels: int = 1,
    rate: int = 16000,
    told: int | None = None,
    extra: bytes = b"",
) -> bytes:
    frame = channels * bits // 8
    sound_format = struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits)
    chunks = b"fmt " + struct.pack("<I", len(sound_format) + len(extra)) + sound_format + extra
    chunks += b"fact" + struct.pack("<I", 4) + bytes(4) + b"odd " + struct.pack("<I", 3) + b"abc\0"
    chunks += b"data" + struct.pack("<I", len(data) if told is None else told) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


class TestWav:
    @pytest.mark.parametrize(
        ("code", "bits", "data"),
        [
            (1, 8, bytes([128, 192, 64, 0])),
            (1, 16, struct.pack("<4h", 0, 16384, -16384, -32768)),
            (1, 24, b"\0\0\0\0\0\x40\0\0\xc0\0\0\x80"),
            (1, 32, struct.pack("<4i", 0, 2**30, -(2**30), -(2**31))),
            (3, 32, struct.pack("<4f", 0, 0.5, -0.5, -1)),
            (3, 64, struct.pack("<4d", 0, 0.5, -0.5, -1)),
        ],
    )
    def test_every_width_is_scaled_to_one(self, tmp_path: Path, code: int, bits: int, data: bytes) -> None:
        (tmp_path / "a.wav").write_bytes(wav(code, bits, data))
        (one,) = wav_file.read(tmp_path / "a.wav", ImportOptions())
        assert one.samples[:, 0].tolist() == [0, 0.5, -0.5, -1]
        assert (one.samples.dtype, one.rate_hz) == (np.float32, 16000.0)
        assert one.channels == (Channel("sound", "full scale"),)

    def test_channels_are_taken_apart(self, tmp_path: Path) -> None:
        (tmp_path / "a.wav").write_bytes(wav(1, 16, struct.pack("<4h", 1, -1, 2, -2), channels=2))
        (one,) = wav_file.read(tmp_path / "a.wav", ImportOptions())
        assert (one.samples * 32768).tolist() == [[1, -1], [2, -2]]

    def test_the_extensible_format_names_its_kind_inside(self, tmp_path: Path) -> None:
        extra = struct.pack("<HHI", 22, 32, 0) + struct.pack("<H", 3) + bytes(14)
        (tmp_path / "a.wav").write_bytes(wav(0xFFFE, 32, struct.pack("<f", 0.25), extra=extra))
        assert wav_file.read(tmp_path / "a.wav", ImportOptions())[0].samples.tolist() == [[0.25]]

    @pytest.mark.parametrize("told", [0, 0xFFFFFFFF])
    def test_a_recorder_that_was_switched_off_told_no_length(self, tmp_path: Path, told: int) -> None:
        (tmp_path / "a.wav").write_bytes(wav(1, 16, bytes(20), told=told))
        (one,) = wav_file.read(tmp_path / "a.wav", ImportOptions())
        assert (one.samples.shape, one.notes) == ((10, 1), "")

    def test_a_sound_cut_off_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "a.wav").write_bytes(wav(1, 16, bytes(21), told=100))
        (one,) = wav_file.read(tmp_path / "a.wav", ImportOptions())
        assert one.samples.shape == (10, 1)
        assert one.notes.startswith("truncated: 10 of ")

    def test_values_that_are_not_finite_become_zero(self, tmp_path: Path) -> None:
        (tmp_path / "a.wav").write_bytes(wav(3, 32, struct.pack("<3f", float("nan"), float("inf"), 0.5)))
        (one,) = wav_file.read(tmp_path / "a.wav", ImportOptions())
        assert one.samples[:, 0].tolist() == [0, 0, 0.5]
        assert "became 0: 2" in one.notes

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "no WAV"),
            (b"RIFF\0\0\0\0AVI ", "no WAV"),
            (b"RIFF\0\0\0\0WAVE", "no sound"),
            (wav(1, 16, b""), "no sound"),
            (wav(1, 16, b"\0"), "no sound"),
            (wav(2, 4, bytes(10)), "compressed"),
            (wav(1, 16, bytes(10), channels=0), "not possible"),
            (wav(1, 16, bytes(10), rate=0), "not possible"),
            (b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0\1\0\1\0", "cut off"),
            (b"RIFF\0\0\0\0WAVEdata\x04\0\0\0\1\0\1\0", "before its format"),
        ],
    )
    def test_what_is_no_sound_is_told(self, tmp_path: Path, content: bytes, message: str) -> None:
        (tmp_path / "a.wav").write_bytes(content)
        with pytest.raises(BadFile, match=message):
            wav_file.read(tmp_path / "a.wav", ImportOptions())


class TestAcquisition:
    PAYLOAD: ClassVar = {
        "device_name": "board",
        "interval_ms": 16.949152542372882,
        "sensors": [{"name": "accX", "units": "m/s2"}, {"name": "gyrX", "units": "N/A"}],
        "values": [[1, 2], [3, 4]],
    }

    def read(self, tmp_path: Path, **changes: object) -> object:
        (tmp_path / "Lift.json").write_text(json.dumps({"payload": self.PAYLOAD | changes}))
        return acquisition_json.read(tmp_path / "Lift.json", ImportOptions())[0]

    def test_names_units_and_rate(self, tmp_path: Path) -> None:
        one = self.read(tmp_path)
        assert (one.name, one.rate_hz, one.metadata) == ("Lift", 59.0, {"device": "board"})
        assert one.channels == (Channel("accX", "m/s2"), Channel("gyrX", ""))
        assert one.samples.tolist() == [[1, 2], [3, 4]]

    @pytest.mark.parametrize(
        "changes",
        [
            {"interval_ms": 0},
            {"interval_ms": "x"},
            {"interval_ms": float("nan")},
            {"values": [[1], [2]]},
            {"values": [[1, 2], [3]]},
            {"values": []},
            {"values": [[1, None], [2, 3]]},
            {"values": [[1, 1e400], [2, 3]]},
            {"sensors": []},
            {"sensors": [5, 6]},
            {"sensors": None},
        ],
    )
    def test_what_does_not_fit_is_told(self, tmp_path: Path, changes: dict[str, object]) -> None:
        with pytest.raises(BadFile):
            self.read(tmp_path, **changes)

    def test_another_json_is_told(self, tmp_path: Path) -> None:
        for text in ("[]", "{", "5", '{"payload": 3}', "[" * 100_000):
            (tmp_path / "x.json").write_text(text)
            with pytest.raises(BadFile):
                acquisition_json.read(tmp_path / "x.json", ImportOptions())
