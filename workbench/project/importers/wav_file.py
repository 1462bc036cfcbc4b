"""WAV: PCM of 8, 16, 24 and 32 bits and float of 32 and 64, any number of channels.

A reader of its own, because real files bend the format: a float ``fmt`` chunk without its extension, lengths
of 0 or ffffffff from a recorder that was switched off, odd chunks, a data chunk that is cut off.
Values are scaled to ±1 (full scale).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from workbench.errors import BadFile
from workbench.project.importers.imported import MOST_CHANNELS, MOST_VALUES, ImportedRecording
from workbench.project.importers.options import ImportOptions
from workbench.project.model import Channel

SUFFIXES = (".wav", ".wave")
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_UNKNOWN_LENGTHS = (0, 0xFFFFFFFF)
_FASTEST_HZ = 10_000_000
_MOST_CHUNKS = 10_000


@dataclass(frozen=True)
class _Format:
    code: int
    channels: int
    rate_hz: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8


def read(path: Path, options: ImportOptions) -> list[ImportedRecording]:
    """The sound in one file; its own rate is kept. Raises BadFile when there is none."""
    with path.open("rb") as file:
        sound, content, missing = _find(file, path)
    rows = len(content) // sound.frame_bytes
    if rows == 0:
        raise BadFile("There is no sound in it.", where=str(path))
    values = _decode(content[: rows * sound.frame_bytes], sound).reshape(rows, sound.channels)
    notes = []
    if missing > 0:
        notes.append(f"truncated: {rows} of {rows + missing // sound.frame_bytes} rows")
    wrong = ~np.isfinite(values)
    if wrong.any():
        values[wrong] = 0.0
        notes.append(f"values that are not finite and became 0: {int(wrong.sum())}")
    names = ("sound",) if sound.channels == 1 else tuple(f"sound {n}" for n in range(1, sound.channels + 1))
    channels = tuple(Channel(name, options.unit or "full scale") for name in names)
    return [ImportedRecording(path.stem, channels, float(sound.rate_hz), values, notes="; ".join(notes))]


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Name and length of each chunk; the caller reads what it wants of it."""
    position = file.tell()
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        yield name, length
        position += 8 + length + (length & 1)


def _find(file: BinaryIO, path: Path) -> tuple[_Format, bytes, int]:
    """The format, the bytes of the sound, and how many bytes of it are missing."""
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise BadFile("This is no WAV file.", where=str(path))
    sound: _Format | None = None
    for name, length in _chunks(file):
        if name == b"fmt ":
            sound = _format(file.read(min(length, 40)), path)
        elif name == b"data":
            if sound is None:
                raise BadFile("Its sound comes before its format.", where=str(path))
            most = MOST_VALUES * sound.bits // 8
            told = None if length in _UNKNOWN_LENGTHS else length
            content = file.read(most if told is None else min(told, most))
            return sound, content, 0 if told is None else told - len(content)
    raise BadFile("There is no sound in it.", where=str(path))


def _format(content: bytes, path: Path) -> _Format:
    if len(content) < 16:
        raise BadFile("Its format is cut off.", where=str(path))
    code, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", content[:16])
    if code == _EXTENSIBLE and len(content) >= 26:
        code = struct.unpack("<H", content[24:26])[0]  # the first field of the sub-format
    if (code, bits) not in {(_PCM, 8), (_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32), (_FLOAT, 64)}:
        raise BadFile(
            f"Sound of format {code} with {bits} bits is compressed or unknown.",
            where=str(path),
            to_do="Save it as PCM or float.",
        )
    if not 1 <= channels <= MOST_CHANNELS or not 1 <= rate_hz <= _FASTEST_HZ:
        raise BadFile(f"{channels} channels at {rate_hz} Hz are not possible.", where=str(path))
    return _Format(code, channels, rate_hz, bits)


def _decode(content: bytes, sound: _Format) -> np.ndarray:
    """All values, float32, ±1 at full scale."""
    if sound.code == _FLOAT:
        with np.errstate(over="ignore"):  # a 64-bit value beyond float32 becomes infinite and is counted
            return np.frombuffer(content, f"<f{sound.bits // 8}").astype(np.float32)
    if sound.bits == 8:
        steps = np.frombuffer(content, np.uint8).astype(np.float32) - 128
    elif sound.bits == 24:
        # Three bytes become the upper three of an int32, which keeps the sign.
        wide = np.zeros((len(content) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(content, np.uint8).reshape(-1, 3)
        steps = (wide.view("<i4")[:, 0] >> 8).astype(np.float32)
    else:
        steps = np.frombuffer(content, f"<i{sound.bits // 8}").astype(np.float32)
    return steps * np.float32(2.0 ** (1 - sound.bits))
