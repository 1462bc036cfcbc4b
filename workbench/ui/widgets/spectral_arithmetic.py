"""Spectra of a live signal: what a frame of it holds at which frequency, and how that changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST_FRAME = 4096
_FEWEST_ROWS = 16
_MOST_COLUMNS = 240
_FLOOR = 1e-12


@dataclass(frozen=True)
class Spectrum:
    """Peak amplitudes float64 (bins, channels) in the channels' units at frequencies float64 (bins,) in Hz."""

    frequencies: NDArray[np.float64]
    amplitudes: NDArray[np.float64]


@dataclass(frozen=True)
class Spectrogram:
    """Levels float64 (bins, columns) in dB of 1 unit, from ``start_s`` to ``stop_s``, 0 Hz to ``highest_hz``."""

    levels: NDArray[np.float64]
    start_s: float
    stop_s: float
    highest_hz: float


def frame_rows(available: int, longest: int = LONGEST_FRAME) -> int:
    """The largest power of two of rows that there are, at most ``longest``; 0 when they are too few."""
    if available < _FEWEST_ROWS:
        return 0
    return int(min(longest, 1 << (available.bit_length() - 1)))


def spectrum(samples: NDArray[np.float32], rate_hz: float) -> Spectrum | None:
    """The amplitude spectrum of the newest rows of ``samples`` (n, channels); None when they are too few.

    Each channel's mean is taken off first. A Hann window; amplitudes are divided by its mean of 1/2 and doubled for
    the negative frequencies, so that a sine in the middle of a bin stands at its own amplitude.
    """
    rows = frame_rows(len(samples))
    if not rows or rate_hz <= 0:
        return None
    frame = np.nan_to_num(samples[-rows:].astype(np.float64))
    window = np.hanning(rows).astype(np.float64)[:, np.newaxis]
    found = np.abs(np.fft.rfft((frame - frame.mean(axis=0)) * window, axis=0))
    return Spectrum(np.arange(len(found), dtype=np.float64) * (rate_hz / rows), found * (2 / window.sum()))


def loudest_of(whole: Spectrum, columns: int) -> Spectrum:
    """At most so many bins, each the loudest of those next to each other that it stands for."""
    bins = len(whole.frequencies)
    if bins <= columns:
        return whole
    starts = np.linspace(0, bins, columns, endpoint=False).astype(np.intp)
    return Spectrum(whole.frequencies[starts], np.maximum.reduceat(whole.amplitudes, starts, axis=0))


def spectrogram(samples: NDArray[np.float32], times: NDArray[np.float64], rate_hz: float) -> Spectrogram | None:
    """The spectra of overlapping frames of one channel (n,) at ``times`` (n,) s; None when the rows are too few."""
    rows = frame_rows(len(samples) // 8, 512)
    if not rows or rate_hz <= 0:
        return None
    values = np.nan_to_num(samples.astype(np.float64))
    frames = np.lib.stride_tricks.sliding_window_view(values - values.mean(), rows)
    step = max(rows // 4, len(frames) // _MOST_COLUMNS, 1)
    window = np.hanning(rows)
    found = np.abs(np.fft.rfft(frames[::step] * window, axis=1)) * (2 / window.sum())
    levels = 20 * np.log10(np.maximum(found, _FLOOR))
    return Spectrogram(levels.T, float(times[0]), float(times[-1]), rate_hz / 2)
