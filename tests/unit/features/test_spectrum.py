"""The spectrum block against its definition step by step, against numpy's transform, and on known signals."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.features import spectrum
from workbench.features.settings import FeatureSettings

F = np.float32


def settings(bins: int) -> FeatureSettings:
    return FeatureSettings(block="spectrum", spectrum_bins=bins)


def as_c_does(x: np.ndarray, bins: int) -> list[np.float32]:
    """The docstring's six steps for one channel, one float32 operation at a time."""
    constants = spectrum.tables(len(x), settings(bins))
    n, total = constants.n, F(0)
    for value in x:
        total = F(total + value)
    mean = F(total / F(len(x)))
    bits = n.bit_length() - 1
    re, im = [F(0)] * n, [F(0)] * n
    for t, value in enumerate(x):
        re[int(f"{t:0{bits}b}"[::-1], 2)] = F(F(value - mean) * constants.hann[t])
    half = 1
    while half < n:
        for start in range(0, n, 2 * half):
            for j in range(half):
                k = j * (n // (2 * half))
                w_re, w_im = constants.twiddle_re[k], constants.twiddle_im[k]
                a, b = start + j, start + j + half
                t_re = F(F(re[b] * w_re) - F(im[b] * w_im))
                t_im = F(F(re[b] * w_im) + F(im[b] * w_re))
                re[b], im[b] = F(re[a] - t_re), F(im[a] - t_im)
                re[a], im[a] = F(re[a] + t_re), F(im[a] + t_im)
        half *= 2
    features = []
    for low, high in zip(constants.edges[:-1], constants.edges[1:], strict=True):
        power = F(0)
        for k in range(low, high):
            power = F(power + F(F(re[k] * re[k]) + F(im[k] * im[k])))
        features.append(F(np.sqrt(F(F(np.sqrt(power)) * constants.gain))))
    return features


@pytest.mark.parametrize(("rows", "bins"), [(2, 2), (16, 8), (50, 7), (100, 16), (128, 64)])
def test_same_bits_as_the_definition(rows: int, bins: int) -> None:
    windows = np.random.default_rng(rows).normal(1, 3, (2, rows, 2)).astype(np.float32)
    features = spectrum.compute(windows, settings(bins))
    for window, found in zip(windows, features, strict=True):
        expected = np.array([as_c_does(window[:, channel], bins) for channel in range(2)], dtype=np.float32)
        np.testing.assert_array_equal(found, expected.T)


def test_agrees_with_numpys_transform() -> None:
    window = np.random.default_rng(1).normal(0, 2, (1, 120, 1)).astype(np.float32)
    constants = spectrum.tables(120, settings(64))
    padded = np.zeros(128)
    padded[:120] = (window[0, :, 0] - window.mean()) * constants.hann
    power = np.abs(np.fft.fft(padded)[1:65]) ** 2
    expected = np.sqrt(np.sqrt(power) * float(constants.gain))
    np.testing.assert_allclose(spectrum.compute(window, settings(64))[0, :, 0], expected, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize(("hertz", "band"), [(3.0, 0), (20.0, 3), (45.0, 7)])
def test_a_tone_shows_its_rms_in_its_own_band(hertz: float, band: int) -> None:
    t = np.arange(256) / 100
    window = (5 + 2 * np.sin(2 * np.pi * hertz * t)).astype(np.float32)[np.newaxis, :, np.newaxis]
    amplitudes = spectrum.compute(window, settings(8))[0, :, 0] ** 2  # undo the compressing root
    assert amplitudes.argmax() == band
    assert amplitudes[band] == pytest.approx(2 / np.sqrt(2), rel=0.03)
    assert spectrum.names((256, 1), settings(8), 100.0)[band].endswith("Hz")


def test_there_are_no_more_bands_than_frequencies() -> None:
    assert spectrum.output_shape((10, 2), settings(100)) == (8, 2)
    assert spectrum.compute(np.zeros((1, 10, 2), np.float32), settings(100)).shape == (1, 8, 2)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = np.random.default_rng(2).normal(0, 1, (7, 32, 2)).astype(np.float32)
    whole = spectrum.compute(windows, settings(16))
    monkeypatch.setattr(spectrum, "_CHUNK_VALUES", 100)
    np.testing.assert_array_equal(spectrum.compute(windows, settings(16)), whole)
