"""Accumulators of many windows at once to int8, with the device's two roundings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import high_multiply, multipliers, shift_right

Floats = NDArray[np.float32]

_FLOAT_ERROR = 2.0**-21  # of the largest term: a product and a sum in float32, with room to spare
_FAR = 1e6  # terms beyond this are clamped whatever the error


class Requantization:
    """Whole-number accumulators (…, C), held in float32, to int8 values, one factor for each of C channels.

    Nearly all results follow from one float32 product and sum. Where that lies so close to a half that the second
    rounding, or the error of float32, could decide, the device's whole-number arithmetic does. So the results are
    exact, at a fraction of its cost.
    """

    def __init__(
        self, factors: NDArray[np.float64], bias: NDArray[np.int64], zero_point: int, lowest: int, highest: int
    ) -> None:
        values, shifts = multipliers(float(factor) for factor in factors)
        self._values, self._shifts = values.astype(np.int64), shifts.astype(np.int64)
        self._bias, self._zero_point = bias, zero_point
        self._lowest, self._highest = lowest, highest
        real = self._values * 2.0 ** (self._shifts - 31.0)
        offset = bias * real + zero_point
        self._factor, self._offset = real.astype(np.float32), offset.astype(np.float32)
        # The first rounding moves the result by up to half a unit before the shift to the right.
        doubt = 2.0 ** np.minimum(self._shifts, 0.0) + _FLOAT_ERROR * np.minimum(np.abs(offset) + 512, _FAR)
        self._sure = np.maximum(0.5 - doubt, 0).astype(np.float32)
        self._rows: dict[int, tuple[Floats, Floats, Floats]] = {}

    def __call__(self, sums: Floats) -> Floats:
        """int8 values, as float32, of sums (…, C) without their bias; exact for sums below 2^24."""
        shape = sums.shape
        factor, offset, sure = self._row(shape[-2] if len(shape) > 2 else 1)
        sums = sums.reshape(-1, factor.size)
        scaled = sums * factor
        scaled += offset
        rounded: Floats = np.rint(scaled)
        scaled -= rounded
        np.abs(scaled, out=scaled)
        places = np.flatnonzero((scaled > sure).reshape(-1))
        flat = rounded.reshape(-1)
        near = flat[places]
        places = places[(near >= self._lowest - 1) & (near <= self._highest + 1)]  # the others are clamped anyway
        if places.size:
            channels = places % self._factor.size
            flat[places] = self._exactly(sums.reshape(-1)[places].astype(np.int64), channels)
        np.clip(rounded, self._lowest, self._highest, out=rounded)
        return rounded.reshape(shape)

    def _row(self, width: int) -> tuple[Floats, Floats, Floats]:
        """Factors, offsets and bounds for ``width`` places side by side: long rows are quicker than many short ones."""
        if width not in self._rows:
            self._rows[width] = (
                np.tile(self._factor, width),
                np.tile(self._offset, width),
                np.tile(self._sure, width),
            )
        return self._rows[width]

    def _exactly(self, sums: NDArray[np.int64], channels: NDArray[np.int64]) -> NDArray[np.int64]:
        shifts = self._shifts[channels]
        shifted = (sums + self._bias[channels]) << np.maximum(shifts, 0)
        high = high_multiply(shifted, self._values[channels])
        return shift_right(high, np.maximum(-shifts, 0)) + self._zero_point
