"""Each feature block in C gives the bits of the same block in Python.

The definitions are written so that a plain loop in float32 reproduces them, so the comparison is exact: a tolerance
would hide a wrong index behind small features.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.features import compute as features
from workbench.features import spectrum
from workbench.features.blocks import BLOCKS
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings

Windows = np.ndarray
FLOATS = ctypes.POINTER(ctypes.c_float)


class SpectrumTables(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_size_t),
        ("hann", FLOATS),
        ("twiddle_re", FLOATS),
        ("twiddle_im", FLOATS),
        ("bands", ctypes.c_size_t),
        ("edges", ctypes.POINTER(ctypes.c_uint16)),
        ("gain", ctypes.c_float),
    )


def pointer(array: np.ndarray) -> object:
    return array.ctypes.data_as(FLOATS)


def statistics_in_c(twins: ctypes.CDLL, window: Windows) -> np.ndarray:
    rows, channels = window.shape
    result = np.full(channels * 7, np.nan, np.float32)
    twins.features_statistics(pointer(window), ctypes.c_size_t(rows), ctypes.c_size_t(channels), pointer(result))
    return result


def spectrum_in_c(twins: ctypes.CDLL, window: Windows, chosen: FeatureSettings) -> np.ndarray:
    rows, channels = window.shape
    constants = spectrum.tables(rows, chosen)
    edges = np.array(constants.edges, np.uint16)
    tables = SpectrumTables(
        length=constants.n,
        hann=pointer(constants.hann),
        twiddle_re=pointer(constants.twiddle_re),
        twiddle_im=pointer(constants.twiddle_im),
        bands=len(edges) - 1,
        edges=edges.ctypes.data_as(ctypes.POINTER(ctypes.c_uint16)),
        gain=float(constants.gain),
    )
    state = np.full(spectrum.state_bytes(window.shape, chosen) // 4, np.nan, np.float32)
    result = np.full((len(edges) - 1) * channels, np.nan, np.float32)
    twins.features_spectrum(
        ctypes.byref(tables),
        pointer(window),
        ctypes.c_size_t(rows),
        ctypes.c_size_t(channels),
        pointer(state),
        pointer(result),
    )
    return result


def in_python(window: Windows, chosen: FeatureSettings) -> np.ndarray:
    return features.compute(window[np.newaxis], chosen).reshape(-1)


def sensor_windows(rows: int, channels: int) -> np.ndarray:
    """Eight windows like those of a sensor: an offset, two oscillations, noise; the last channel stuck."""
    rng = np.random.default_rng(rows * 31 + channels)
    t = np.arange(rows)[:, np.newaxis]
    phase = rng.uniform(0, 6, (8, 1, channels))
    signal = np.sin(0.37 * t + phase) + 0.4 * np.sin(1.9 * t - phase) + rng.normal(0, 0.1, (8, rows, channels)) + 0.98
    signal[..., -1] = 0.25
    return signal.astype(np.float32)


SHAPES = [(1, 1), (2, 3), (3, 1), (37, 2), (64, 6), (100, 6), (128, 3)]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_statistics_have_the_same_bits(twins: ctypes.CDLL, shape: tuple[int, int]) -> None:
    for window in sensor_windows(*shape):
        expected = in_python(window, FeatureSettings(block="statistics"))
        np.testing.assert_array_equal(statistics_in_c(twins, window), expected)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("bins", [2, 7, 16, 512])
def test_the_spectrum_has_the_same_bits(twins: ctypes.CDLL, shape: tuple[int, int], bins: int) -> None:
    chosen = FeatureSettings(block="spectrum", spectrum_bins=bins)
    for window in sensor_windows(*shape)[:3]:
        np.testing.assert_array_equal(spectrum_in_c(twins, window, chosen), in_python(window, chosen))


@given(
    window=hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 40), st.integers(1, 4)),
        elements=st.floats(-1000, 1000, width=32),
    )
)
@settings(max_examples=60, deadline=None)
def test_any_window_gives_the_same_bits(twins: ctypes.CDLL, window: np.ndarray) -> None:
    np.testing.assert_array_equal(
        statistics_in_c(twins, window), in_python(window, FeatureSettings(block="statistics"))
    )
    chosen = FeatureSettings(block="spectrum", spectrum_bins=5)
    np.testing.assert_array_equal(spectrum_in_c(twins, window, chosen), in_python(window, chosen))


def test_normalisation_has_the_same_bits(twins: ctypes.CDLL) -> None:
    windows = sensor_windows(50, 6)
    fitted = features.fit(windows, FeatureSettings(), rate_hz=50.0, channels=tuple("abcdef"), stride_rows=25)
    expected = features.apply(fitted, windows)[0].reshape(-1)
    assert normalized_in_c(twins, windows[0].reshape(-1), fitted) == pytest.approx(expected, rel=0, abs=0)


def normalized_in_c(twins: ctypes.CDLL, values: np.ndarray, fitted: FeatureParameters) -> np.ndarray:
    twins.features_raw.restype = twins.features_normalize.restype = ctypes.c_float
    mean, std = (np.array(pairs, np.float32) for pairs in (fitted.mean, fitted.std))
    result = []
    for index in range(len(values)):
        raw = twins.features_raw(pointer(values), ctypes.c_size_t(index))
        normalized = twins.features_normalize(
            ctypes.c_float(raw), ctypes.c_size_t(index), pointer(mean), pointer(std), ctypes.c_size_t(len(mean))
        )
        result.append(normalized)
    return np.array(result, np.float32)


def test_a_picture_is_read_in_c_order(twins: ctypes.CDLL) -> None:
    picture = np.arange(256, dtype=np.uint8).reshape(8, 8, 4)
    expected = features.compute(picture[np.newaxis].astype(np.float32), FeatureSettings()).reshape(-1)
    twins.features_raw_picture.restype = ctypes.c_float
    found = [twins.features_raw_picture(ctypes.c_void_p(picture.ctypes.data), ctypes.c_size_t(i)) for i in range(256)]
    np.testing.assert_array_equal(found, expected)


@given(
    value=st.floats(-(2.0**100), 2.0**100, width=32),
    scale=st.floats(2.0**-20, 1024.0, width=32),
    zero_point=st.integers(-128, 127),
)
@settings(max_examples=200, deadline=None)
def test_quantization_rounds_and_saturates_as_numpy_does(
    twins: ctypes.CDLL, value: float, scale: float, zero_point: int
) -> None:
    steps = np.round(np.float32(value) / np.float32(scale))
    expected = int(np.clip(steps + zero_point, -128, 127))
    assert quantized_in_c(twins, value, scale, zero_point) == expected


def quantized_in_c(twins: ctypes.CDLL, value: float, scale: float, zero_point: int) -> int:
    found: int = twins.features_quantize(ctypes.c_float(value), ctypes.c_float(scale), zero_point, -128, 127)
    return found


def test_halves_go_to_even_and_what_is_no_number_to_the_zero_point(twins: ctypes.CDLL) -> None:
    assert [quantized_in_c(twins, value, 1.0, 0) for value in (0.5, 1.5, -0.5, -2.5)] == [0, 2, 0, -2]
    assert quantized_in_c(twins, float("nan"), 0.5, 7) == 7
    assert quantized_in_c(twins, float("inf"), 0.5, 7) == 127
    assert quantized_in_c(twins, float("-inf"), 0.5, 7) == -128


def test_products_are_rounded_also_where_the_core_could_fuse_them(feature_sources: Path, tmp_path: Path) -> None:
    for source in ("statistics.c", "spectrum.c"):
        assembly = tmp_path / f"{source}.s"
        subprocess.run(
            [
                shutil.which("gcc") or "gcc",
                "-std=c99",
                "-O3",
                "-mfma",
                "-S",
                str(feature_sources / source),
                "-o",
                str(assembly),
            ],
            check=True,
            timeout=300,
        )
        assert "vfm" not in assembly.read_text()
        assert "vfn" not in assembly.read_text()


def test_every_block_has_its_c_files(feature_sources: Path) -> None:
    missing = [name for block in BLOCKS.values() for name in block.c_files if not (feature_sources / name).is_file()]
    assert missing == []


def test_the_c_files_use_no_heap_and_carry_their_licence(feature_sources: Path) -> None:
    for path in [*feature_sources.glob("*.c"), *feature_sources.glob("*.h")]:
        text = path.read_text()
        assert text.startswith("/* SPDX-License-Identifier: 0BSD */"), path.name
        assert "malloc" not in text
