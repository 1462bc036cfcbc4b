"""The layout of binary frames from nothing but their bytes.

A sync word comes back at even distances, which gives the length; a checksum that comes out right in nearly every
frame gives its start and its end; a byte that counts is a sequence number; the values are of the type in which
they change least from reading to reading.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from workbench.capture.wire.binary import VALUE_KINDS, BinaryFrame
from workbench.capture.wire.checksums import CHECKSUMS, Bytes
from workbench.capture.wire.parser import MOST_CHANNELS

_FEWEST_FRAMES = 8
_MOST_FRAMES = 200  # looked at
_SHORTEST, _LONGEST = 4, 1100  # bytes of a frame
_NEARLY_ALL = 0.85  # share of frames: some may be damaged
_WORDS = 6  # the commonest words are tried
_USUAL_SYNCS = (b"\xaa\x55", b"\x55\xaa", b"\xa5\x5a", b"\x5a\xa5", b"\xaa\xbb", b"\xaa\xaa", b"\x7e", b"\xff", b"\xaa")
_COVERS = ("frame", "after sync", "payload")
_SIZES = {1: "1 byte", 2: "2 bytes", 4: "4 bytes"}
_SMOOTH_BYTES = 0.45  # the low bytes of wider numbers are rough
_ROUGH_BYTE = 0.8  # one column of bytes as rough as this is the low end of a wider number
_NO_SMOOTHER = 0.9  # a rarer type must be smoother than this share of the commoner one


def find_frame(sample: bytes) -> BinaryFrame | None:
    """The layout that explains the sample; None when nothing does, or too little has come."""
    aligned = list(_aligned(np.frombuffer(sample, np.uint8)))
    found = [
        _with_checksum(frames, sync_bytes, name, little)
        for frames in aligned
        for sync_bytes, name, little in itertools.product((2, 1), CHECKSUMS, (True, False))
    ]
    if not any(found):
        found = [_described(frames, sync_bytes) for frames in aligned[:1] for sync_bytes in (2, 1)]
    return max((one for one in found if one is not None), key=_explains, default=None)


def _explains(frame: BinaryFrame) -> tuple[bool, bool, bool, int]:
    """Of two layouts the one that says more about the bytes is right."""
    sync = frame.sync_bytes
    return frame.size != "none", frame.sequence != "none", sync in _USUAL_SYNCS, len(sync)


def _aligned(buffer: Bytes) -> Iterator[Bytes]:
    """Frames (n, length) that begin with a word which comes back evenly, the likeliest first."""
    if len(buffer) < _FEWEST_FRAMES * _SHORTEST:
        return
    words = buffer[:-1].astype(np.int32) << 8 | buffer[1:]
    counts = np.bincount(words, minlength=1 << 16)
    most = np.argpartition(counts, -_WORDS)[-_WORDS:]
    common = most[np.argsort(counts[most])[::-1]]
    usual = [int.from_bytes(sync, "big") for sync in _USUAL_SYNCS if len(sync) == 2]
    found: list[tuple[float, int, NDArray[np.intp]]] = []
    for word in dict.fromkeys([*usual, *common.tolist()]):
        places = np.flatnonzero(words == word)
        if len(places) < _FEWEST_FRAMES:
            continue
        steps = np.diff(places)
        length = int(np.bincount(steps).argmax())
        even = steps == length
        if not _SHORTEST <= length <= _LONGEST or np.count_nonzero(even) < _FEWEST_FRAMES - 1:
            continue
        explained = np.count_nonzero(even) * length / len(buffer) + (0.2 if word in usual else 0)
        found.append((-explained, length, places[:-1][even]))
    for missed, length, places in sorted(found, key=lambda one: one[0]):
        whole = places[places + length <= len(buffer)][-_MOST_FRAMES:]
        if -missed > 0.5:
            yield sliding_window_view(buffer, length)[whole]


def _with_checksum(frames: Bytes, sync_bytes: int, name: str, little: bool) -> BinaryFrame | None:
    checksum = CHECKSUMS[name]
    end = frames.shape[1] - checksum.width
    stored = np.ascontiguousarray(frames[:, end:]).view(f"{'<' if little else '>'}u{checksum.width}")[:, 0]
    for covers, size_bytes in itertools.product(_COVERS, (0, 1, 2)):
        start = {"frame": 0, "after sync": sync_bytes, "payload": sync_bytes + size_bytes}[covers]
        if start >= end:
            continue
        right = checksum.compute(frames[:, start:end]) == stored
        if right.mean() > _NEARLY_ALL and len(np.unique(stored[right])) > 1:
            order = little if checksum.width > 1 else None
            found = _described(frames[right], sync_bytes, name, covers, order)
            if found is not None:
                return found
    return None


def _described(
    frames: Bytes, sync_bytes: int, checksum: str = "none", covers: str = "frame", little: bool | None = None
) -> BinaryFrame | None:
    """Size, sequence number and values of frames whose start and end are known."""
    end = frames.shape[1] - (CHECKSUMS[checksum].width if checksum != "none" else 0)
    for size, counts, at in _sizes(frames, sync_bytes, end, little):
        body = frames[:, at:end]
        sequence = _sequence(body, little)
        values = body[:, sequence:]
        kind = _kind(values, little)
        if kind is None:
            continue
        name, is_little = kind
        return BinaryFrame(
            sync=frames[0, :sync_bytes].tobytes().hex(" "),
            size=size,
            size_counts=counts,
            sequence=_SIZES.get(sequence, "none"),
            kind=name,
            channels=values.shape[1] // np.dtype(VALUE_KINDS[name]).itemsize,
            little_endian=is_little,
            checksum=checksum,
            checksum_covers=covers,
        )
    return None


def _sizes(frames: Bytes, at: int, end: int, little: bool | None) -> Iterator[tuple[str, str, int]]:
    """Size fields that are right: their kind, what they count, where the payload begins; "none" at last."""
    for width in (1, 2):
        payload = end - at - width
        for counts, size in (("payload", payload), ("frame", frames.shape[1])):
            for order in ("little", "big") if little is None else ("little" if little else "big",):
                if payload > 0 and size < 1 << 8 * width:
                    wanted = np.frombuffer(size.to_bytes(width, "little" if order == "little" else "big"), np.uint8)
                    if (frames[:, at : at + width] == wanted).all():
                        yield _SIZES[width], counts, at + width
    yield "none", "payload", at


def _sequence(body: Bytes, little: bool | None) -> int:
    """How many bytes of a sequence number begin the body: 0, 1, 2 or 4."""
    best = (_NEARLY_ALL, False, False, 0)
    for width in (1, 2, 4):
        rest = body.shape[1] - width
        if rest <= 0:
            continue
        for order in "<>" if little is None else "<" if little else ">":
            numbers = np.ascontiguousarray(body[:, :width]).view(f"{order}u{width}")[:, 0]
            steps = np.diff(numbers)  # unsigned: wraps around as the board's does
            # High bytes that have not changed yet may be values: the rest should divide into numbers.
            best = max(best, (float((steps == 1).mean()), rest % 4 == 0, rest % 2 == 0, width))
    return best[3]


def _kind(values: Bytes, little: bool | None) -> tuple[str, bool] | None:
    """The type and the byte order in which the values are smoothest."""
    by_column = _roughness(values.astype(np.float64))
    if by_column.mean() < _SMOOTH_BYTES and by_column.max() < _ROUGH_BYTE:
        return _signed_or_not(values, "uint8", "int8", True)
    best: tuple[float, str, bool] | None = None
    orders = (True, False) if little is None else (little,)
    for name, is_little in itertools.product(("float32", "int16", "int32"), orders):
        dtype = np.dtype(f"{'<' if is_little else '>'}{VALUE_KINDS[name]}")
        if values.shape[1] % dtype.itemsize or values.shape[1] // dtype.itemsize > MOST_CHANNELS:
            continue
        with np.errstate(invalid="ignore"):  # bytes that are no float32 at all
            numbers = np.ascontiguousarray(values).view(dtype).astype(np.float64)
        if name == "float32" and _plausible(numbers):
            return name, is_little  # bytes that are none make implausible numbers
        rough = float(_roughness(numbers).mean())
        if name != "float32" and (best is None or rough < _NO_SMOOTHER * best[0]):
            best = (rough, name, is_little)
    if best is None:
        return _signed_or_not(values, "uint8", "int8", True) if values.shape[1] <= MOST_CHANNELS else None
    return _signed_or_not(values, f"u{best[1]}", best[1], best[2])


def _signed_or_not(values: Bytes, unsigned: str, signed: str, little: bool) -> tuple[str, bool]:
    """Whichever has no jumps from one end of its range to the other."""
    order = "<" if little else ">"

    def steps(name: str) -> float:
        numbers = np.ascontiguousarray(values).view(f"{order}{VALUE_KINDS[name]}").astype(np.float64)
        return float(np.abs(np.diff(numbers, axis=0)).mean())

    return (unsigned if steps(unsigned) < steps(signed) else signed), little


def _plausible(numbers: NDArray[np.float64]) -> bool:
    """Whether these are numbers that a sensor gives."""
    sizes = np.abs(numbers)
    return bool((np.isfinite(numbers) & ((sizes == 0) | ((sizes > 1e-7) & (sizes < 1e7)))).mean() > 0.98)


def _roughness(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """By column, the mean step from reading to reading, as a share of what a pair taken at random differs by."""
    steps = np.abs(np.diff(numbers, axis=0)).mean(axis=0)
    spread = np.abs(numbers - numbers[np.random.default_rng(0).permutation(len(numbers))]).mean(axis=0)
    shares: NDArray[np.float64] = steps / np.where(spread > 0, spread, 1.0)
    return shares
