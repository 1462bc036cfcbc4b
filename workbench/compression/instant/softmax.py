"""SOFTMAX of int8 scores with the device's fixed-point exponential and reciprocal.

The arithmetic is that of TensorFlow Lite's reference kernel (kernels/internal/reference/softmax.h) and gemmlowp's
fixedpoint.h; names in comments are theirs. Whole numbers stand for fractions of 2^31.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import high_multiply, multiplier, shift_right

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]

_DIFFERENCE_BITS = 5  # kScaledDiffIntegerBits
_SUM_BITS = 12  # kAccumulationIntegerBits
_ONE = (1 << 31) - 1
_EXP_OF_EIGHTH = 1895147668  # exp(-1/8)
_THIRD = 715827883
# exp(-2^e) for e from -2 to 4: what each bit of the exponent multiplies the result by.
_EXP_OF_POWERS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
_48_OVER_17, _MINUS_32_OVER_17 = 1515870810, -1010580540  # in quarters: two integer bits


def softmax_table(scale: float, beta: float) -> Callable[[Floats], Floats]:
    """A function of scores (N, C) as int8 values, to probabilities as int8 values of scale 1/256, zero point −128."""
    exponentials = _exponentials(scale, beta)
    shares = shift_right(exponentials, _SUM_BITS)

    def answer(scores: Floats) -> Floats:
        below = (scores.max(axis=1, keepdims=True) - scores).astype(np.int64)
        sums = shares[below].sum(axis=1, keepdims=True)
        reciprocals, bits = _reciprocal(sums)
        raw = shift_right(high_multiply(exponentials[below], reciprocals), bits + 31 - 8)
        return np.clip(raw - 128, -128, 127).astype(np.float32)

    return answer


def _exponentials(scale: float, beta: float) -> Whole:
    """exp(−d · scale · beta) for d from 0 to 255; 0 where the device leaves the value out."""
    factor = multiplier(min(beta * scale * (1 << (31 - _DIFFERENCE_BITS)), float(_ONE)))
    shift = max(factor.shift, 0)
    most = (((1 << _DIFFERENCE_BITS) - 1) << (31 - _DIFFERENCE_BITS)) >> shift  # CalculateInputRadius
    steps = np.arange(256, dtype=np.int64)
    scaled = high_multiply(-np.minimum(steps, most) << shift, factor.value)
    return np.where(steps <= most, _exp_of_negative(scaled), 0)


def _exp_of_negative(values: Whole) -> Whole:
    """exp_on_negative_values: of numbers of five integer bits."""
    fraction_bits = 31 - _DIFFERENCE_BITS
    quarter = 1 << (fraction_bits - 2)
    rest = (values & (quarter - 1)) - quarter
    result = _exp_near_zero(rest << _DIFFERENCE_BITS)
    remainder = rest - values
    for place, by in enumerate(_EXP_OF_POWERS):
        has_bit = (remainder >> (fraction_bits - 2 + place)) & 1
        result = np.where(has_bit == 1, high_multiply(result, by), result)
    return np.where(values == 0, _ONE, result)


def _exp_near_zero(values: Whole) -> Whole:
    """exp_on_interval_between_negative_one_quarter_and_0_excl: four terms of the series around −1/8."""
    x = values + (1 << 28)
    x2 = high_multiply(x, x)
    x3, x4 = high_multiply(x2, x), high_multiply(x2, x2)
    last = high_multiply(shift_right(x4, 2) + x3, np.int64(_THIRD) + np.zeros_like(x))
    terms = x + shift_right(last + x2, 1)
    return np.minimum(_EXP_OF_EIGHTH + high_multiply(terms, _EXP_OF_EIGHTH), _ONE)


def _reciprocal(sums: Whole) -> tuple[Whole, Whole]:
    """GetReciprocal: (1 / sum scaled up to below 1, the bits it was scaled by)."""
    leading = 32 - np.frexp(sums.astype(np.float64))[1].astype(np.int64)
    rest = (sums << leading) - (1 << 31)
    total = rest + _ONE
    half = np.where(total >= 0, (total + 1) // 2, -((1 - total) // 2))  # RoundingHalfSum
    x = _48_OVER_17 + high_multiply(half, np.int64(_MINUS_32_OVER_17) + np.zeros_like(half))
    for _ in range(3):  # Newton's method
        missing = (1 << 29) - high_multiply(half, x)
        x = x + np.clip(high_multiply(x, missing) << 2, -_ONE - 1, _ONE)
    return np.clip(x << 1, -_ONE - 1, _ONE), _SUM_BITS - leading
