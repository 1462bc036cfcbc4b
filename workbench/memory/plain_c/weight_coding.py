"""How the plain-C engine stores the weights of a layer in less flash: without zeros, and as places in a palette.

A layer's weights are (filters, taps) of int8. A bitmap has a bit for each tap, set where the weight is not 0; only
those weights are stored then. Weights of few different values are stored as places in a palette of up to sixteen
values, one palette for the layer or one for each filter: scales for each channel make different whole numbers of the
same clusters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.graph.model import Tensor

Weights = NDArray[np.int8]

CODED = frozenset({"CONV_2D", "FULLY_CONNECTED"})
WORD_BITS = 32
_MOST_VALUES = 16
_BYTE = 8
# A layer must save what its kernel takes, about, and enough of itself to be worth its slower weights.
_LEAST_SAVED_BYTES = 512
_LEAST_SAVED_SHARE = 1 / 8
_MOST_TAPS = 32767  # so that sums of products fit into 32 bits


@dataclass(frozen=True)
class WeightCoding:
    """The form of a layer's weights and the bytes they take.

    ``bits`` are those of a stored value: 8 for the weight itself, 1, 2 or 4 for a place in a palette. ``palettes`` is
    0, 1 for all filters, or the number of filters.
    """

    bitmap: bool
    bits: int
    palettes: int
    bytes: int

    @property
    def in_words(self) -> str:
        """Such as "bitmap, 4-bit palette"."""
        palette = f"{self.bits}-bit palette" + (" per channel" if self.palettes > 1 else "")
        return ", ".join((*(("bitmap",) if self.bitmap else ()), *((palette,) if self.palettes else ())))


def weight_coding(weights: Weights) -> WeightCoding | None:
    """The smallest form of (filters, taps) weights; None where storing them as they are is about as good."""
    if weights.shape[1] > _MOST_TAPS:
        return None
    best = min(_codings(weights), key=lambda coding: coding.bytes)
    least = max(_LEAST_SAVED_BYTES, weights.size * _LEAST_SAVED_SHARE)
    return best if weights.size - best.bytes >= least else None


def layer_weights(tensor: Tensor) -> Weights | None:
    """The stored int8 weights of a convolution or dense layer as (filters, taps); None for any other tensor."""
    if tensor.data is None or tensor.dtype != "int8" or not tensor.elements or len(tensor.shape) not in {2, 4}:
        return None
    return np.frombuffer(tensor.data, np.int8, tensor.elements).reshape(tensor.shape[0], -1)


def bitmap_words(taps: int) -> int:
    """Words of a filter's bitmap."""
    return -(-taps // WORD_BITS)


def _codings(weights: Weights) -> Iterator[WeightCoding]:
    filters, taps = weights.shape
    for bitmap in (False, True):
        stored = (weights != 0) if bitmap else np.ones(weights.shape, bool)
        counts = stored.sum(1)
        base = filters * bitmap_words(taps) * WORD_BITS // _BYTE if bitmap else 0
        yield WeightCoding(bitmap, _BYTE, 0, base + int(counts.sum()))
        in_layer = np.unique(weights[stored]).size
        in_filter = _most_values(weights, without_zero=bitmap)
        for palettes, values in ((1, in_layer), (filters, in_filter)):
            if 0 < values <= _MOST_VALUES:
                bits = _bits(values)
                size = int((-(-counts * bits // _BYTE)).sum()) + palettes * (1 << bits)
                yield WeightCoding(bitmap, bits, palettes, base + size)


def _bits(values: int) -> int:
    """Bits of a place among so many values: 1, 2 or 4."""
    return next(bits for bits in (1, 2, 4) if values <= 1 << bits)


def _most_values(weights: Weights, *, without_zero: bool) -> int:
    """The most different values that a filter has."""
    in_order = np.sort(weights, axis=1)
    new = np.ones(weights.shape, bool)
    new[:, 1:] = in_order[:, 1:] != in_order[:, :-1]
    if without_zero:
        new &= in_order != 0
    return int(new.sum(1).max(initial=0))
