"""ADD and SUB of int8."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import Multiplier, high_multiply, multiplier, shift_right
from workbench.codegen.generated import Option
from workbench.codegen.lowering import Lowered, Placed, Struct
from workbench.codegen.operators.pair import pair, pair_inputs
from workbench.codegen.quantization import Stored, activation_limits, stored

_MORE_BITS = 20  # that both inputs are given before they are scaled
_FLAT_BITS = 20  # of a flat sum, below the output's
_FLAT_FACTOR_BITS = 29  # of its factors
_FLAT_TOGETHER = 4
_TILTS = (0.0, 2.0**-18, 2.0**-17, 2.0**-16)  # of a flat sum's factors
_INT32 = 1 << 31


def add(placed: Placed) -> Lowered:
    """The sum, element by element, of two inputs of one shape, or broadcast as numpy does."""
    return _summed(placed, 1)


def subtract(placed: Placed) -> Lowered:
    """The difference, element by element, of two inputs of one shape, or broadcast as numpy does."""
    return _summed(placed, -1)


@dataclass(frozen=True)
class _Sum:
    """Both inputs in steps of twice the greater scale, 20 bits finer, then the output's steps.

    The rule is that of CalculateOpData in micro/kernels/add_common.cc.
    """

    a: Stored
    b: Stored
    made: Stored
    factors: tuple[Multiplier, Multiplier, Multiplier]  # of a, b and the sum; none shifts to the left
    lowest: int
    highest: int
    sign: int

    def of_all(self) -> NDArray[np.int64]:
        """(256, 256): the stored output for each two stored inputs."""
        steps = np.arange(256, dtype=np.int64)
        a, b = (
            _scaled((steps - given.zero_point) << _MORE_BITS, factor)
            for given, factor in zip((self.a, self.b), self.factors, strict=False)
        )
        value = _scaled(a[:, None] + self.sign * b[None, :], self.factors[2])
        return np.clip(value + self.made.zero_point, self.lowest, self.highest)


def _summed(placed: Placed, sign: int) -> Lowered:
    call = placed.call
    a, b, made = stored(call, call.input(0)), stored(call, call.input(1)), stored(call, call.output)
    twice = 2 * max(a.scale, b.scale)
    of_a, of_b = multiplier(a.scale / twice), multiplier(b.scale / twice)
    of_sum = multiplier(twice / ((1 << _MORE_BITS) * made.scale))
    if max(of_a.shift, of_b.shift, of_sum.shift) > 0:
        raise call.refusal("has an output scale too small for its inputs.")
    total = _Sum(a, b, made, (of_a, of_b, of_sum), *activation_limits(call), sign)
    return (_flat(placed, total) if placed.option is Option.SPEED else None) or _general(placed, total)


def _general(placed: Placed, total: _Sum) -> Lowered:
    of_a, of_b, of_sum = total.factors
    how = Struct(
        "struct wb_sum",
        {
            "zero_a": total.a.zero_point,
            "zero_b": total.b.zero_point,
            "zero_output": total.made.zero_point,
            "lowest": total.lowest,
            "highest": total.highest,
            "shift_a": -of_a.shift,  # to the right
            "shift_b": -of_b.shift,
            "shift_output": -of_sum.shift,
            "sign": total.sign,
            "multiplier_a": of_a.value,
            "multiplier_b": of_b.value,
            "multiplier_output": of_sum.value,
        },
    )
    return pair(placed, "wb_add", (how,), "add.c")


def _flat(placed: Placed, total: _Sum) -> Lowered | None:
    """Four elements at a time with one rounding, where both inputs have one shape and that gives every byte."""
    call = placed.call
    elements = call.output.elements
    if call.input(0).shape != call.input(1).shape or elements % _FLAT_TOGETHER:
        return None
    how = _flat_sum(total)
    if how is None:
        return None
    arguments = (how, *pair_inputs(placed), placed.output_address(), elements, int(placed.access.backwards))
    return Lowered("wb_add_flat", arguments, ("add_flat.c",))


def _flat_sum(total: _Sum) -> Struct | None:
    """``struct wb_flat_sum`` that gives the device's byte for all 65,536 pairs of inputs; None when there is none.

    Factors a little too large put halves on the side to which the device rounds them, away from the zero point.
    """
    wanted = total.of_all()
    steps = np.arange(256, dtype=np.int64)
    down = _FLAT_FACTOR_BITS - _FLAT_BITS
    for tilt in _TILTS:
        one = (1 + tilt) * (1 << _FLAT_FACTOR_BITS) / total.made.scale
        factor_a, factor_b = round(total.a.scale * one), total.sign * round(total.b.scale * one)
        if max(factor_a, abs(factor_b)) >= _INT32:
            return None
        sums = ((factor_a * steps) >> down)[:, None] + ((factor_b * steps) >> down)[None, :]
        # The byte is right where the sum with its offset lies within a step; at 0 and 255 one side is open.
        least = np.where(wanted > 0, (wanted << _FLAT_BITS) - sums, -_INT32)
        most = np.where(wanted < 255, ((wanted + 1) << _FLAT_BITS) - 1 - sums, _INT32 - 1)
        low, high = int(least.max()), int(most.min())
        offset = (low + high) // 2
        if low <= high and offset + sums.min() >= -_INT32 and offset + sums.max() < _INT32:
            return Struct("struct wb_flat_sum", {"factor_a": factor_a, "factor_b": factor_b, "offset": offset})
    return None


def _scaled(values: NDArray[np.int64], factor: Multiplier) -> NDArray[np.int64]:
    return shift_right(high_multiply(values, factor.value), -factor.shift)
