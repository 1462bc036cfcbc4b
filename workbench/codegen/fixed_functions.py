"""exp, 1/(1+x), logistic and tanh in fixed point, bit for bit as TensorFlow Lite Micro computes them.

The rules are those of gemmlowp's fixedpoint.h: a number with n integer bits is an int32 of value · 2^(n − 31). All
arguments and results are int64 arrays whose values fit into int32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import high_multiply, shift_right

Values = NDArray[np.int64]

_MOST = (1 << 31) - 1
_LEAST = -(1 << 31)

# exp(-2^k) without integer bits, for k from -2 to 4.
_EXP_OF_POWERS = {
    -2: 1672461947,
    -1: 1302514674,
    0: 790015084,
    1: 290630308,
    2: 39332535,
    3: 720401,
    4: 242,
}
_EXP_OF_EIGHTH = 1895147668  # exp(-1/8)
_THIRD = 715827883
_48_OVER_17 = 1515870810  # with two integer bits, the first guess of a reciprocal
_32_OVER_17 = 1010580540
_ONE_IN_4 = 1 << 29  # 1 with two integer bits


def exp_of_negative(values: Values, integer_bits: int) -> Values:
    """exp(x) for x <= 0 with ``integer_bits`` integer bits, at most five; the result has none."""
    fraction = 31 - integer_bits
    quarter = 1 << (fraction - 2)
    in_quarter = (values & (quarter - 1)) - quarter
    result = _exp_within_quarter(in_quarter << integer_bits)
    rest = in_quarter - values
    for power, factor in _EXP_OF_POWERS.items():
        if integer_bits > power:
            has = rest & (1 << (fraction + power)) != 0
            result = np.where(has, high_multiply(result, factor), result)
    return np.where(values == 0, _MOST, result)


def _exp_within_quarter(values: Values) -> Values:
    """exp(x) for x from -1/4 to 0: a Taylor series of degree four around -1/8, no integer bits."""
    x = values + (1 << 28)
    square = high_multiply(x, x)
    cube = high_multiply(square, x)
    fourth = shift_right(high_multiply(square, square), 2)
    series = shift_right(high_multiply(fourth + cube, _THIRD) + square, 1)
    return _EXP_OF_EIGHTH + high_multiply(x + series, _EXP_OF_EIGHTH)


def logistic(values: Values) -> Values:
    """1 / (1 + exp(-x)) of four integer bits; the result has none."""
    above = _shifted_left(_reciprocal_of_half(exp_of_negative(-np.abs(values), 4)), 1)
    return np.where(values == 0, 1 << 30, np.where(values > 0, above, _MOST - above))


def tanh(values: Values) -> Values:
    """tanh(x) of four integer bits; the result has none."""
    exponential = exp_of_negative(-np.abs(values), 5)  # read with one integer bit more: exp(-2x)
    above = _shifted_left(_reciprocal_of_half(exponential) - _ONE_IN_4, 2)
    return np.where(values == 0, 0, np.where(values > 0, above, -above))


def _reciprocal_of_half(values: Values) -> Values:
    """2 / (1 + x) for x from 0 to 1 without integer bits, by three steps of Newton's; the result has two."""
    half = (values + _MOST + 1) >> 1  # (x + 1) / 2, halves upwards
    guess = _48_OVER_17 + high_multiply(half, -_32_OVER_17)
    for _ in range(3):
        error = _ONE_IN_4 - high_multiply(half, guess)
        guess = guess + _shifted_left(high_multiply(guess, error), 2)
    return guess


def _shifted_left(values: Values, by: int) -> Values:
    return np.asarray(np.clip(values << by, _LEAST, _MOST))
