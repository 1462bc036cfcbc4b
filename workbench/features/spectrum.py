"""The amplitude spectrum per channel, summed into bands.

For a channel ``x[0..T-1]``, all in float32, with n the smallest power of two that is at least T and at least 4:

1. ``mean = (x[0] + ... + x[T-1]) / T``, summed in the order of t.
2. ``re[t] = (x[t] - mean) * hann[t]`` for t < T, 0 for T <= t < n; ``im[t] = 0``.
   ``hann[t] = 0.5 - 0.5 * cos(2 pi t / T)``, computed in double and rounded: a table.
3. The iterative radix-2 Fourier transform, decimation in time: reorder by reversed bits of the index; then for
   ``half = 1, 2, 4, ... n/2``, for each ``start`` in steps of ``2 * half``, for ``j < half``, with
   ``w = twiddle[j * (n / (2 * half))]``, ``a = start + j`` and ``b = a + half``::

       tr = re[b] * w.re - im[b] * w.im;    ti = re[b] * w.im + im[b] * w.re
       re[b] = re[a] - tr;  im[b] = im[a] - ti;  re[a] = re[a] + tr;  im[a] = im[a] + ti

   ``twiddle[k] = (cos(2 pi k / n), -sin(2 pi k / n))`` for k < n/2, computed in double and rounded: a table.
4. ``power[k] = re[k] * re[k] + im[k] * im[k]`` for k = 1 ... n/2.
5. With B bands, ``edge[b] = 1 + (b * (n/2)) / B`` in whole numbers: ``sum[b] = power[edge[b]] + ... +
   power[edge[b+1] - 1]``, in the order of k.
6. ``feature = sqrt(sqrt(sum[b]) * gain)``, ``gain = sqrt(2 / (n * sum of hann[t]^2))`` rounded to float32.

``sqrt(sum) * gain`` is the band's RMS amplitude in the channel's unit (Parseval's theorem); the outer root
compresses it as a logarithm would, and unlike a logarithm has the same bits in every C library. Every product is
rounded before it is added (``-ffp-contract=off``).

Band b of channel c is feature ``b * C + c``; there is one normalisation pair a feature. B is the setting, or n/2
where that is less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.features.settings import FeatureSettings
from workbench.features.statistics import sum_in_order

_CHUNK_VALUES = 4_000_000  # values transformed at once: bounds memory, and stays near the cache


@dataclass(frozen=True)
class SpectrumTables:
    """The constants of the transform, all float32; ``edges`` holds bands + 1 whole numbers."""

    n: int
    hann: NDArray[np.float32]  # (T,)
    twiddle_re: NDArray[np.float32]  # (n/2,)
    twiddle_im: NDArray[np.float32]  # (n/2,)
    edges: tuple[int, ...]
    gain: np.float32


def tables(rows: int, settings: FeatureSettings) -> SpectrumTables:
    """The constants for windows of ``rows`` rows."""
    n = transform_length(rows)
    hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(rows) / rows)).astype(np.float32)
    angle = 2 * np.pi * np.arange(n // 2) / n
    bands = min(settings.spectrum_bins, n // 2)
    energy = max(float(np.sum(hann.astype(np.float64) ** 2)), 1e-12)  # a window of one row has no spectrum
    return SpectrumTables(
        n=n,
        hann=hann,
        twiddle_re=np.cos(angle).astype(np.float32),
        twiddle_im=(-np.sin(angle)).astype(np.float32),
        edges=tuple(1 + band * (n // 2) // bands for band in range(bands + 1)),
        gain=np.float32(np.sqrt(2.0 / (n * energy))),
    )


def transform_length(rows: int) -> int:
    """The smallest power of two that is at least ``rows`` and at least 4."""
    return 1 << max(2, (rows - 1).bit_length())


def output_shape(input_shape: tuple[int, ...], settings: FeatureSettings) -> tuple[int, ...]:
    """(bands, channels)."""
    rows, channels = input_shape
    return (min(settings.spectrum_bins, transform_length(rows) // 2), channels)


def compute(windows: NDArray[np.float32], settings: FeatureSettings) -> NDArray[np.float32]:
    """Windows (N, T, C) to features (N, bands, C), float32."""
    count, rows, channels = windows.shape
    constants = tables(rows, settings)
    chunk = max(1, _CHUNK_VALUES // (constants.n * channels))
    parts = [_spectrum(windows[start : start + chunk], constants) for start in range(0, count, chunk)]
    empty = np.zeros((0, len(constants.edges) - 1, channels), dtype=np.float32)
    return np.concatenate(parts) if parts else empty


def _spectrum(windows: NDArray[np.float32], constants: SpectrumTables) -> NDArray[np.float32]:
    count, rows, channels = windows.shape
    x = np.ascontiguousarray(windows.transpose(1, 0, 2), dtype=np.float32).reshape(rows, count * channels)
    re = np.zeros((constants.n, count * channels), dtype=np.float32)
    re[:rows] = (x - sum_in_order(x) / np.float32(rows)) * constants.hann[:, np.newaxis]
    re, im = _transform(re, constants)
    bands = len(constants.edges) - 1
    features = np.zeros((bands, count * channels), dtype=np.float32)
    for band in range(bands):
        for k in range(constants.edges[band], constants.edges[band + 1]):
            features[band] += re[k] * re[k] + im[k] * im[k]
    features = np.sqrt(np.sqrt(features) * constants.gain)
    return np.ascontiguousarray(features.reshape(bands, count, channels).transpose(1, 0, 2))


def _transform(re: NDArray[np.float32], constants: SpectrumTables) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The Fourier transform along the first axis of real input (n, M), butterfly by butterfly as C does it."""
    n, columns = re.shape
    re = re[_reversed_bits(n)]
    im = np.zeros_like(re)
    half = 1
    while half < n:
        stride = n // (2 * half)
        w_re = constants.twiddle_re[::stride, np.newaxis]
        w_im = constants.twiddle_im[::stride, np.newaxis]
        pairs_re = re.reshape(stride, 2, half, columns)
        pairs_im = im.reshape(stride, 2, half, columns)
        t_re = pairs_re[:, 1] * w_re - pairs_im[:, 1] * w_im
        t_im = pairs_re[:, 1] * w_im + pairs_im[:, 1] * w_re
        pairs_re[:, 1] = pairs_re[:, 0] - t_re
        pairs_im[:, 1] = pairs_im[:, 0] - t_im
        pairs_re[:, 0] += t_re
        pairs_im[:, 0] += t_im
        half *= 2
    return re, im


def _reversed_bits(n: int) -> NDArray[np.int64]:
    order = np.zeros(1, dtype=np.int64)
    while len(order) < n:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def names(input_shape: tuple[int, ...], settings: FeatureSettings, rate_hz: float | None) -> tuple[str, ...]:
    """Names along the first axis of the output: the frequencies at the ends of each band."""
    constants = tables(input_shape[0], settings)
    width = (rate_hz or 1.0) / constants.n
    ends = zip(constants.edges[:-1], constants.edges[1:], strict=True)
    return tuple(f"{(low - 0.5) * width:.4g}–{(high - 0.5) * width:.4g} Hz" for low, high in ends)


def state_bytes(input_shape: tuple[int, ...], settings: FeatureSettings) -> int:
    """Real and imaginary parts of one channel's transform, float32."""
    return 2 * 4 * transform_length(input_shape[0])
