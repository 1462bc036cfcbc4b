"""The native format: COBS frames with a CRC-16, the board's clock, and a description of the channels.

One link carries up to 16 streams, such as motion at 100 Hz and sound at 16 kHz: the upper four bits of a frame's type
are the number of its stream, 0 where there is only one. Each stream has a hello and a sequence of its own.

A zero byte ends each frame; another goes ahead of the first, so that boot text does not run into it. Decoded, all
numbers little endian: type (1 byte), sequence (uint16), device time (uint32, µs), body, CRC-16-CCITT (initial value
0xFFFF) of everything before it. Types:

1 hello: JSON ``{"channels": [{"name": "ax", "unit": "g", "scale": 0.001}, …], "rate": 100}``, sent at the start and
  once a second; it carries the sequence number that the next readings will have.
2 readings of int16 values: one reading after another, each with a value a channel; a value times its channel's scale
  (1 when none is given) is in the channel's unit. The device time is that of the first reading.
3 readings of float32 values, likewise; the scale is not applied.
4 a part of a picture, see ``picture.py``; the sequence number is the picture's, the device time when it was taken.
  Pictures need no hello.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from workbench.capture.wire.binary import only_finite
from workbench.capture.wire.checksums import Bytes, crc16
from workbench.capture.wire.cobs import decode
from workbench.capture.wire.parser import MOST_CHANNELS, Counts, Picture, Rows, WireParser, merged
from workbench.capture.wire.picture import PictureParts
from workbench.capture.wire.sequence import Sequence
from workbench.project.model import Channel

HELLO, INT16, FLOAT32, PICTURE = 1, 2, 3, 4
LONGEST_FRAME = 16384  # bytes as sent: a hello of 256 channels
_HEADER = 7
_CRC = 2
_SHORTEST = 1 + _HEADER + _CRC
_KINDS: dict[int, np.dtype[np.generic]] = {INT16: np.dtype("<i2"), FLOAT32: np.dtype("<f4")}
_KIND_BITS, _STREAM_BITS = 0x0F, 4
_STREAMS = 16
_CLOCK = 1 << 32
_HIGHEST_HZ = 1e7
_LARGEST_SCALE = 1e30
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Description:
    """What a hello says."""

    channels: tuple[Channel, ...]
    scales: tuple[float, ...]
    rate_hz: float | None


class _Stream:
    """What is known of one stream."""

    def __init__(self, number: int, counts: Counts) -> None:
        self.number = number
        self.description: Description | None = None
        self.sequence = Sequence(16, counts)
        self.parts = PictureParts(counts)
        self._clock: int | None = None  # the newest device time, µs
        self._since_start_us = 0
        self._step_s = 0.0  # from reading to reading within a frame

    def forget(self) -> None:
        """The source broke off."""
        self.description = None
        self.sequence.forget()
        self.parts.forget()
        self._clock, self._since_start_us, self._step_s = None, 0, 0.0

    def reading_times(self, clock: NDArray[np.uint32], readings: int) -> NDArray[np.float64]:
        """The board's clock in s at each reading of frames that begin at ``clock`` (n,) in µs.

        It wraps around every 71.6 minutes; a step back of up to half of that is a board that has started anew. The
        readings of a frame are spread evenly up to the next frame, whatever rate the board believes it has.
        """
        wide = clock.astype(np.int64)
        before = np.concatenate(([wide[0] if self._clock is None else self._clock], wide[:-1]))
        steps = (wide - before) % _CLOCK
        steps[steps >= _CLOCK // 2] -= _CLOCK
        since_start = self._since_start_us + np.cumsum(steps)
        to_next = steps if self._clock is not None else steps[1:]
        if len(to_next):
            self._step_s = max(0.0, float(np.median(to_next)) * 1e-6 / readings)
        self._clock, self._since_start_us = int(wide[-1]), int(since_start[-1])
        declared_hz = self.description.rate_hz if self.description else None
        step_s = self._step_s or (1 / declared_hz if declared_hz else 0.0)
        return np.asarray((since_start[:, np.newaxis] * 1e-6 + np.arange(readings) * step_s).ravel(), np.float64)


class NativeFrames(WireParser):
    """A parser for the native format. Readings that come before the first hello of their stream are skipped."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.sound_frames = 0  # of any type, since it was made
        self._streams = [_Stream(number, self.counts) for number in range(_STREAMS)]
        self._pictures: list[Picture] = []
        self.restart()

    def restart(self) -> None:
        self._carry = b""
        self._overlong = False
        self._joined = False  # the first frame may have lost its front
        for stream in self._streams:
            stream.forget()

    @property
    def title(self) -> str:
        return "native frames"

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._first.channels if self._first else ()

    @property
    def declared_hz(self) -> float | None:
        return self._first.rate_hz if self._first else None

    @property
    def _first(self) -> Description | None:
        """Of the first stream that is described."""
        return next((stream.description for stream in self._streams if stream.description), None)

    def lost_of(self, stream: int) -> int:
        alone = not self.counts.pictures and sum(one.description is not None for one in self._streams) < 2
        # Nobody knows to which of several streams a damaged frame belonged, but its number is missing there.
        return self.counts.lost if alone else self._streams[stream].sequence.missing

    def pictures(self) -> list[Picture]:
        return self._pictures

    def finish(self) -> list[Rows]:
        self.restart()
        return []

    def feed(self, data: bytes) -> list[Rows]:
        self._pictures = []
        end = data.rfind(b"\0")
        if end < 0:
            self._keep(data)
            return []
        block = self._carry + data[: end + 1]
        self._carry = b""
        if self._overlong:
            self._overlong = False
            block = block[block.index(b"\0") + 1 :]
        rows = self._block(np.frombuffer(block, np.uint8)) if block else []
        self._keep(data[end + 1 :])
        return rows

    def _keep(self, rest: bytes) -> None:
        if self._overlong:
            return
        self._carry += rest
        if len(self._carry) > LONGEST_FRAME:
            self.counts.bad += 1
            self._carry, self._overlong = b"", True

    def _block(self, buffer: Bytes) -> list[Rows]:
        """Whole frames, each with its zero."""
        ends = np.flatnonzero(buffer == 0)
        starts = np.concatenate(([0], ends[:-1] + 1))
        lengths = ends - starts
        found: dict[int, list[tuple[NDArray[np.intp], Bytes]]] = {}  # by decoded length: places and frames
        for length in np.unique(lengths[(lengths >= _SHORTEST) & (lengths <= LONGEST_FRAME)]):
            places = np.flatnonzero(lengths == length)
            for chosen, frames in decode(sliding_window_view(buffer, length)[starts[places]]):
                if len(frames) and frames.shape[1] >= _HEADER + _CRC:
                    found.setdefault(frames.shape[1], []).append((places[chosen], frames))
        groups = [_sound(*_sorted(alike)) for alike in found.values()]
        understood = np.zeros(len(ends), np.bool_)
        for places, _ in groups:
            understood[places] = True
            self.sound_frames += len(places)
        self._count_damage(buffer, starts, ends, understood)
        return self._in_order(groups)

    def _count_damage(
        self, buffer: Bytes, starts: NDArray[np.intp], ends: NDArray[np.intp], understood: NDArray[np.bool_]
    ) -> None:
        damaged = ~understood & (ends > starts)  # two zeros in a row are no frame
        if not self._joined:
            damaged[0] = False
            self._joined = True
        for number in np.flatnonzero(damaged):
            self.counts.quote(buffer[starts[number] : ends[number]].tobytes().strip())
        self.counts.bad += int(np.count_nonzero(damaged))
        self.counts.checksum_errors += int(np.count_nonzero(damaged & (ends - starts >= _SHORTEST)))

    def _in_order(self, groups: list[tuple[NDArray[np.intp], Bytes]]) -> list[Rows]:
        """The readings of frames of several lengths, in the order of the block: runs of the same kind together."""
        groups = [(places, frames) for places, frames in groups if len(places)]
        if not groups:
            return []
        places = np.concatenate([places for places, _ in groups])
        group = np.repeat(np.arange(len(groups)), [len(places) for places, _ in groups])
        kinds = np.concatenate([frames[:, 0] for _, frames in groups])
        order = np.argsort(places)
        places, group, kinds = places[order], group[order], kinds[order]
        changes = np.flatnonzero((np.diff(group) != 0) | (np.diff(kinds) != 0)) + 1
        rows: list[Rows] = []
        for first, stop in pairwise([0, *changes.tolist(), len(places)]):
            of_run, frames = groups[group[first]]
            start = int(np.searchsorted(of_run, places[first]))
            rows += self._run(int(kinds[first]), frames[start : start + stop - first])
        return merged(rows)

    def _run(self, kind: int, frames: Bytes) -> list[Rows]:
        """Frames (n, width) of one type and length."""
        stream, kind = self._streams[kind >> _STREAM_BITS], kind & _KIND_BITS
        if kind == HELLO:
            for frame in frames:
                self._hello(stream, frame[_HEADER:-_CRC].tobytes())
        elif kind == PICTURE:
            self._add_parts(stream, frames)
        elif kind in _KINDS:
            return self._readings(stream, kind, frames)
        else:
            self.counts.bad += len(frames)  # a newer board's type
        return []

    def _readings(self, stream: _Stream, kind: int, frames: Bytes) -> list[Rows]:
        if stream.description is None:
            return []
        dtype, channels = _KINDS[kind], stream.description.channels
        body = np.ascontiguousarray(frames[:, _HEADER:-_CRC])
        readings, rest = divmod(body.shape[1], dtype.itemsize * len(channels))
        if rest or not readings:
            self.counts.bad += len(frames)
            return []
        stream.sequence.add(np.ascontiguousarray(frames[:, 1:3]).view("<u2")[:, 0], readings)
        clock = np.ascontiguousarray(frames[:, 3:_HEADER]).view("<u4")[:, 0]
        device_s = stream.reading_times(clock, readings)
        values = body.view(dtype).astype(np.float32).reshape(-1, len(channels))
        if kind == INT16:
            values *= np.array(stream.description.scales, np.float32)
        finite = np.isfinite(values).all(axis=1)
        values, device_s = only_finite(values, self.counts), device_s[finite]
        return [Rows(channels, values, device_s, stream.number)] if len(values) else []

    def _add_parts(self, stream: _Stream, frames: Bytes) -> None:
        numbers = np.ascontiguousarray(frames[:, 1:3]).view("<u2")[:, 0].tolist()
        times = np.ascontiguousarray(frames[:, 3:_HEADER]).view("<u4")[:, 0]
        seconds = stream.reading_times(times, 1).tolist()
        for number, device_s, frame in zip(numbers, seconds, frames, strict=True):
            picture = stream.parts.add(number, device_s, frame[_HEADER:-_CRC].tobytes())
            if picture is not None:
                self._pictures.append(picture)

    def _hello(self, stream: _Stream, text: bytes) -> None:
        description = _description(text)
        if description is None:
            self.counts.bad += 1
        elif description != stream.description:
            stream.description = description


def _sorted(groups: list[tuple[NDArray[np.intp], Bytes]]) -> tuple[NDArray[np.intp], Bytes]:
    """Frames of one decoded length by their place in the block."""
    if len(groups) == 1:
        return groups[0]
    places = np.concatenate([places for places, _ in groups])
    order = np.argsort(places)
    return places[order], np.concatenate([frames for _, frames in groups])[order]


def _sound(places: NDArray[np.intp], frames: Bytes) -> tuple[NDArray[np.intp], Bytes]:
    """Those of which the CRC is right."""
    stored = np.ascontiguousarray(frames[:, -_CRC:]).view("<u2")[:, 0]
    right = crc16(frames[:, :-_CRC]) == stored
    return (places, frames) if right.all() else (places[right], frames[right])


def _description(text: bytes) -> Description | None:
    """What a hello says; None when it is none."""
    try:
        data = json.loads(text)
        channels = data["channels"]
        if not isinstance(channels, list) or not 1 <= len(channels) <= MOST_CHANNELS:
            return None
        rate_hz = data.get("rate")
        return Description(
            tuple(_channel(one) for one in channels),
            tuple(_number(one.get("scale", 1.0), _LARGEST_SCALE) for one in channels),
            None if rate_hz is None else _number(rate_hz, _HIGHEST_HZ),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _channel(data: dict[str, Any]) -> Channel:
    name, unit = data["name"], data.get("unit", "")
    if not (isinstance(name, str) and isinstance(unit, str) and name.isprintable() and unit.isprintable()):
        raise ValueError
    return Channel(name[:_LONGEST_NAME] or "?", unit[:_LONGEST_NAME])


def _number(value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise ValueError
    return float(value)
