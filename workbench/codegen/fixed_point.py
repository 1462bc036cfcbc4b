"""Real factors as TensorFlow Lite Micro holds them: an int32 multiplier and a shift, applied with two roundings.

``resources/c/kernels/requantize.h`` has the same arithmetic in C. The rules are those of TensorFlow Lite
(``QuantizeMultiplier`` in kernels/internal/quantization_util.cc, ``MultiplyByQuantizedMultiplier`` in
kernels/internal/common.cc) and gemmlowp's fixedpoint.h, without TFLITE_SINGLE_ROUNDING.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_HALF = 1 << 30
_ONE = 1 << 31


class Multiplier(NamedTuple):
    """A factor of value · 2^(shift − 31); ``value`` is 0 or from 2^30 to 2^31 − 1, ``shift`` from −31 to 31."""

    value: int
    shift: int


def multiplier(real: float) -> Multiplier:
    """A real factor in fixed point; factors below 2^-32 become 0, as they do on the device."""
    if not math.isfinite(real) or real < 0:
        raise ValueError(f"{real} is no factor")
    if real == 0:
        return Multiplier(0, 0)
    fraction, shift = math.frexp(real)
    value = math.floor(fraction * _ONE + 0.5)
    if value == _ONE:
        value, shift = value // 2, shift + 1
    return Multiplier(0, 0) if shift < -31 else Multiplier(value, shift)


def multipliers(reals: Iterable[float]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """(values, shifts) of several factors, each int32."""
    found = [multiplier(real) for real in reals]
    return np.array([m.value for m in found], np.int32), np.array([m.shift for m in found], np.int32)


def high_multiply(values: NDArray[np.int64], factor: int | NDArray[np.int64]) -> NDArray[np.int64]:
    """round(value · factor / 2^31), halves upwards: gemmlowp's saturating rounding doubling high multiply.

    ``values`` and ``factor`` fit into int32 and are not both its least, so nothing saturates.
    """
    return (values * factor + _HALF) >> 31


def shift_right(values: NDArray[np.int64], shift: int | NDArray[np.int64]) -> NDArray[np.int64]:
    """round(value / 2^shift), halves away from zero: gemmlowp's rounding divide by a power of two."""
    mask = (np.int64(1) << shift) - 1
    return (values >> shift) + ((values & mask) > (mask >> 1) + (values < 0))


def requantize(values: NDArray[np.int64] | int, by: Multiplier) -> NDArray[np.int64]:
    """Accumulators times a factor, as the device computes it; int64 that fit into int32.

    A positive shift comes first and wraps at 32 bits, as on the device.
    """
    shifted = np.asarray(values, np.int64) << max(by.shift, 0)
    wrapped = ((shifted + _ONE) & 0xFFFFFFFF) - _ONE
    return shift_right(high_multiply(wrapped, by.value), max(-by.shift, 0))
