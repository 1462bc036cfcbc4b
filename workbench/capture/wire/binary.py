"""Binary frames that sketches make up: a sync word, maybe a size and a sequence number, values, maybe a checksum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench import fields
from workbench.capture.wire.checksums import CHECKSUMS
from workbench.capture.wire.frame_scanner import FrameScanner
from workbench.capture.wire.parser import MOST_CHANNELS, Counts, Rows, WireParser, numbered_channels
from workbench.capture.wire.sequence import Sequence
from workbench.errors import BadSetting
from workbench.fields import setting
from workbench.project.model import Channel

VALUE_KINDS = {
    "uint8": "u1",
    "int8": "i1",
    "uint16": "u2",
    "int16": "i2",
    "uint32": "u4",
    "int32": "i4",
    "float32": "f4",
}
_NUMBERS = {"none": 0, "1 byte": 1, "2 bytes": 2, "4 bytes": 4}
_LONGEST_SYNC = 8


@dataclass(frozen=True)
class BinaryFrame:
    """The layout of a frame: sync word, size, sequence number, values, checksum, in this order."""

    sync: str = setting("AA 55", title="Sync word", help="The bytes that begin a frame, in hexadecimal")
    size: str = setting(
        "none", choices=("none", "1 byte", "2 bytes"), help="A size field behind the sync word, or frames of fixed size"
    )
    size_counts: str = setting(
        "payload",
        choices=("payload", "frame"),
        help="What the size field counts: the bytes between it and the checksum, or the whole frame",
    )
    sequence: str = setting("none", choices=tuple(_NUMBERS), help="A number that grows by one with every frame")
    kind: str = setting("int16", title="Values", choices=tuple(VALUE_KINDS), help="The type of each value")
    channels: int = setting(3, low=1, high=MOST_CHANNELS, help="Values in a frame")
    little_endian: bool = setting(True, help="The low byte of every number comes first")
    checksum: str = setting("none", choices=("none", *CHECKSUMS), help="What ends the frame")
    checksum_covers: str = setting(
        "frame", choices=("frame", "after sync", "payload"), help="Where the bytes begin that the checksum covers"
    )

    @property
    def sync_bytes(self) -> bytes:
        """The sync word. Raises BadSetting when it is none."""
        try:
            sync = bytes.fromhex(self.sync)
        except ValueError:
            sync = b""
        if not 1 <= len(sync) <= _LONGEST_SYNC:
            to_do = f"Write 1 to {_LONGEST_SYNC} bytes as hexadecimal digits, such as AA 55."
            raise BadSetting(f"The sync word cannot be {self.sync!r}.", where="sync", to_do=to_do)
        return sync

    @property
    def _order(self) -> str:
        return "<" if self.little_endian else ">"

    @property
    def values_dtype(self) -> np.dtype[np.generic]:
        """The type of the values as they are sent."""
        return np.dtype(self._order + VALUE_KINDS[self.kind])

    @property
    def sequence_dtype(self) -> np.dtype[np.generic] | None:
        """The type of the sequence number."""
        width = _NUMBERS[self.sequence]
        return np.dtype(f"{self._order}u{width}") if width else None

    @property
    def payload_bytes(self) -> int:
        """The bytes of sequence number and values."""
        return _NUMBERS[self.sequence] + self.channels * self.values_dtype.itemsize

    @property
    def length(self) -> int:
        """The bytes of a frame."""
        checksum = CHECKSUMS.get(self.checksum)
        sized = len(self.sync_bytes) + _NUMBERS[self.size] + self.payload_bytes
        return sized + (checksum.width if checksum else 0)

    @property
    def prefix(self) -> bytes:
        """The bytes that are the same at the start of every frame: sync word and size."""
        width = _NUMBERS[self.size]
        if not width:
            return self.sync_bytes
        size = self.length if self.size_counts == "frame" else self.payload_bytes
        if size >= 1 << 8 * width:
            raise BadSetting(f"A frame of {size} bytes does not fit a size field of {self.size}.", where="size")
        return self.sync_bytes + size.to_bytes(width, "little" if self.little_endian else "big")

    @property
    def covered_from(self) -> int:
        """Where the bytes begin that the checksum covers."""
        if self.checksum_covers == "frame":
            return 0
        return len(self.sync_bytes if self.checksum_covers == "after sync" else self.prefix)


class BinaryFrames(WireParser):
    """A parser for frames of one layout. Raises BadSetting when the layout is impossible."""

    def __init__(self, frame: BinaryFrame | None = None) -> None:
        self.frame = fields.check(frame or BinaryFrame())
        self.counts = Counts()
        self._channels = numbered_channels(self.frame.channels)
        self._scanner = FrameScanner(
            self.frame.prefix,
            self.frame.length,
            self.counts,
            checksum=CHECKSUMS.get(self.frame.checksum),
            covered_from=self.frame.covered_from,
            little=self.frame.little_endian,
        )
        dtype = self.frame.sequence_dtype
        self._sequence = Sequence(8 * dtype.itemsize, self.counts) if dtype else None
        self._seen = False

    @property
    def title(self) -> str:
        frame = self.frame
        order = "" if frame.values_dtype.itemsize == 1 else ", little endian" if frame.little_endian else ", big endian"
        checksum = "" if frame.checksum == "none" else f", {frame.checksum}"
        return f"binary frames, {frame.sync_bytes.hex(' ').upper()}, {frame.kind}{order}{checksum}"

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._channels if self._seen else ()

    def feed(self, data: bytes) -> list[Rows]:
        frames = self._scanner.feed(data)
        if not len(frames):
            return []
        self._seen = True
        at = len(self.frame.prefix)
        dtype = self.frame.sequence_dtype
        if dtype is not None and self._sequence is not None:
            self._sequence.add(np.ascontiguousarray(frames[:, at : at + dtype.itemsize]).view(dtype)[:, 0])
            at += dtype.itemsize
        kind = self.frame.values_dtype
        stored = np.ascontiguousarray(frames[:, at : at + kind.itemsize * self.frame.channels])
        values = only_finite(stored.view(kind).astype(np.float32), self.counts)
        return [Rows(self._channels, values)] if len(values) else []

    def finish(self) -> list[Rows]:
        self._scanner.count_skipped()
        self.restart()
        return []

    def restart(self) -> None:
        self._scanner.restart()
        self._seen = False
        if self._sequence is not None:
            self._sequence.forget()


def only_finite(values: NDArray[np.float32], counts: Counts) -> NDArray[np.float32]:
    """The rows (n, channels) without nan and inf; counts them all."""
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        lost = int(len(values) - np.count_nonzero(finite))
        counts.bad += lost
        counts.not_finite += lost
        values = values[finite]
    counts.frames += len(values)
    return values
