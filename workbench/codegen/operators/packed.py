"""Weights of two output channels in one word, with their requantization behind them, for the fast kernels.

A half word holds a + 256 · b, the weights of channels a and b for one tap. With x the stored inputs, the sum of
x · (a + 256 · b) less the sum of x · a is 256 times the sum of x · b: two multiplications of halves a channel pair and
tap, and one instruction that takes a out of the word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.operators.channels import Channels

_LARGEST_INPUT = 255
_MOST_SHIFT = 30
_MOST_SHIFT_WITH_ZERO_POINT = 21  # so that the zero point, shifted, stays small beside 2^31


def packs(found: Channels, weights: NDArray[np.int64], *, in_goes: bool = False) -> bool:
    """Whether the fast kernels give the device's bytes; ``weights`` are (channels, taps).

    No sum may reach 2^30 (it is doubled), none of products alone 2^23 (256 times it must fit into 32 bits), no half
    word may overflow, and the rounding of negative values must be the one of a shift by one place at least. What a sum
    holds on its way does not matter. A kernel that adds up no more than 256 products in one go stays below 2^23.
    """
    sums = np.maximum(np.maximum(weights, 0).sum(1), -np.minimum(weights, 0).sum(1)) * _LARGEST_INPUT
    biases = np.abs(found.bias - found.given.zero_point * weights.sum(1))
    right = -found.shift
    most = _MOST_SHIFT_WITH_ZERO_POINT if found.made.zero_point else _MOST_SHIFT
    return bool(
        (weights > -128).all()
        and (in_goes or (sums < 1 << 23).all())
        and (sums + biases < 1 << 30).all()
        and (right >= 1).all()
        and (right <= most).all()
        and (found.lowest, found.highest) == (0, 255)
    )


def stream(found: Channels, weights: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The words that the fast kernels read, channel pair by channel pair; ``weights`` are (channels, even taps)."""
    right = -found.shift.astype(np.int64)
    constants = _constants(found, found.folded(weights.sum(1)).astype(np.int64))
    words = []
    for a in range(0, found.count, 2):
        b = a + 1
        both = b < found.count
        halves = weights[a] + (256 * weights[b] if both else 0)
        words.append(_halves(halves[0::2], halves[1::2]))
        words.append(constants[a])
        words.append(np.array([right[a] | (right[b] << 8 if both else 0)]))
        words.append(constants[b] if both else np.zeros(3, np.int64))
    return (np.concatenate(words) & 0xFFFFFFFF).astype(np.uint32)


def _constants(found: Channels, bias: NDArray[np.int64]) -> NDArray[np.int64]:
    """(channels, 3): bias doubled, multiplier, and the zero point with half a step of the result, shifted."""
    right = -found.shift.astype(np.int64)
    offset = ((2 * found.made.zero_point + 1) << right) >> 1
    return np.stack((2 * bias, found.multiplier.astype(np.int64), offset), axis=1)


def _halves(lower: NDArray[np.int64], upper: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two numbers of 16 bits in a word."""
    return (lower & 0xFFFF) | (upper & 0xFFFF) << 16


def paired(weights: NDArray[np.int64], run: int) -> NDArray[np.int64]:
    """Weights (channels, taps) in the order in which the kernels pair taps, with a tap of 0 where one is left over.

    ``run`` taps lie side by side in the input. A word of four of them gives its even, then its odd bytes; what is left
    of all runs follows as it is.
    """
    channels, taps = weights.shape
    runs = weights.reshape(channels, -1, run)
    in_fours = run // 4 * 4
    fours = runs[:, :, :in_fours].reshape(channels, -1, 4)[:, :, [0, 2, 1, 3]].reshape(channels, -1)
    ones = runs[:, :, in_fours:].reshape(channels, -1)
    return np.pad(np.concatenate((fours, ones), axis=1), ((0, 0), (0, taps % 2)))
