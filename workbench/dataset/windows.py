"""Where windows start, and which label they take. Plain arithmetic on rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.settings import WindowSettings
from workbench.errors import NotEnoughData
from workbench.project.model import Segment

AUTOMATIC_SECONDS = 2.0  # long enough for a gesture or a few turns of a motor, short enough for the RAM of a board
AUTOMATIC_ROWS = (16, 256)  # fewer say little, more cost RAM on the board
MOST_ROWS = 65536  # a window must fit a microcontroller's memory; this is far beyond


@dataclass(frozen=True)
class WindowRows:
    """Length and stride of windows, in rows."""

    length: int
    stride: int


def window_rows(settings: WindowSettings, rate_hz: float, recording_rows: Sequence[int]) -> WindowRows:
    """Length and stride in rows at this rate.

    A length of 0 is chosen: two seconds, but 16 to 256 rows, and at most half of the median recording. A stride
    of 0 is half a window. NotEnoughData when a given length is less than two rows or longer than anything allows.
    """
    if settings.length_s > 0:
        length = round(settings.length_s * rate_hz)
        if not 2 <= length <= MOST_ROWS:
            raise NotEnoughData(
                f"A window of {settings.length_s:g} s has {length} rows at {rate_hz:g} Hz.",
                where="length_s",
                to_do=f"Choose a length between {2 / rate_hz:.3g} s and {MOST_ROWS / rate_hz:.3g} s, or 0.",
            )
    else:
        low, high = AUTOMATIC_ROWS
        length = min(max(round(AUTOMATIC_SECONDS * rate_hz), low), high)
        if recording_rows:
            length = max(2, min(length, int(np.median(recording_rows)) // 2))
    stride = round(settings.stride_s * rate_hz) if settings.stride_s > 0 else length // 2
    return WindowRows(length, max(1, stride))


def window_starts(samples: NDArray[np.float32], length: int, stride: int) -> NDArray[np.int64]:
    """First rows of the windows of one recording (rows, channels) that hold no gap.

    A row with a value that is not finite is a gap: windows start anew behind it, none reaches across.
    """
    good = np.isfinite(samples).all(axis=1)
    if good.all():
        return np.arange(0, len(samples) - length + 1, stride, dtype=np.int64)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    pieces = [np.arange(start, stop - length + 1, stride) for start, stop in edges.reshape(-1, 2)]
    return np.concatenate(pieces).astype(np.int64) if pieces else np.zeros(0, dtype=np.int64)


def window_labels(starts: NDArray[np.int64], length: int, segments: Sequence[Segment], fallback: str) -> list[str]:
    """One label a window.

    A window takes the label of the segment that covers at least half of it (the one that covers most, the earlier
    of equals), else ``fallback``, the recording's own label. An empty label means unlabelled.
    """
    if not segments:
        return [fallback] * len(starts)
    ordered = sorted(segments, key=lambda segment: segment.start)
    begin = np.array([segment.start for segment in ordered])
    end = np.array([segment.stop for segment in ordered])
    covered = np.minimum(starts[:, np.newaxis] + length, end) - np.maximum(starts[:, np.newaxis], begin)
    best = covered.argmax(axis=1) if len(starts) else np.zeros(0, dtype=np.int64)
    enough = 2 * covered[np.arange(len(starts)), best] >= length
    return [ordered[index].label if take else fallback for index, take in zip(best, enough, strict=True)]
