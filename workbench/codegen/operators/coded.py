"""CONV_2D and FULLY_CONNECTED of int8 whose weights take less flash without their zeros, or in a palette."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.generated import Option
from workbench.codegen.lowering import Array, Lowered, Placed, Struct
from workbench.codegen.operators.channels import channels, check_sizes, wrapped
from workbench.codegen.operators.convolution import window_of
from workbench.memory.plain_c.weight_coding import (
    WORD_BITS,
    WeightCoding,
    Weights,
    bitmap_words,
    layer_weights,
    weight_coding,
)

_TOGETHER = 4  # outputs of a dense layer computed before one is written


def coded_convolution(placed: Placed, coding: WeightCoding) -> Lowered:
    """In blocks of output pixels; each weight is decoded once a block."""
    found = channels(placed.call, placed.call.output.shape[3])
    weights = found.weights.reshape(found.count, -1).astype(np.int8)
    return Lowered(
        "wb_convolution_coded",
        (
            window_of(placed, found.given.zero_point),
            _coded(weights, coding),
            found.struct(wrapped(found.bias)),
            placed.input_address(),
            placed.output_address(),
            placed.scratch_address(),
        ),
        ("convolution_coded.c",),
    )


def coded_fully_connected(placed: Placed, coding: WeightCoding) -> Lowered:
    """A few outputs at a time; the weights lie in the order in which they are needed."""
    check_sizes(placed.call, placed.call.input(1).shape)
    found = channels(placed.call, placed.call.input(1).shape[0])
    backwards = placed.access.backwards
    blocks = [range(first, min(first + _TOGETHER, found.count)) for first in range(0, found.count, _TOGETHER)]
    order = [output for block in (reversed(blocks) if backwards else blocks) for output in block]
    return Lowered(
        "wb_fully_connected_coded",
        (
            _coded(found.weights.astype(np.int8)[order], coding),
            found.struct(found.folded(found.weights.sum(1))),
            placed.call.input(0).elements // found.weights.shape[1],
            int(backwards),
            placed.input_address(),
            placed.output_address(),
        ),
        ("fully_connected_coded.c",),
    )


CODED_LOWERINGS: Mapping[str, Callable[[Placed, WeightCoding], Lowered]] = {
    "CONV_2D": coded_convolution,
    "FULLY_CONNECTED": coded_fully_connected,
}


def coding_of(placed: Placed) -> WeightCoding | None:
    """The form in which a layer's weights take clearly less flash; None when there is none, or nothing to code.

    Made for speed, weights stay as they are: decoding takes several times the instructions of the fast kernels.
    """
    if placed.option is not Option.SIZE:
        return None
    if placed.call.operator.name not in CODED_LOWERINGS or placed.call.output.dtype != "int8":
        return None
    weights = layer_weights(placed.call.input(1))
    return None if weights is None else weight_coding(weights)


def _coded(weights: Weights, coding: WeightCoding) -> Struct:
    """``struct wb_coded`` of (filters, taps) weights, in the order given."""
    filters, taps = weights.shape
    stored = weights != 0 if coding.bitmap else np.ones(weights.shape, bool)
    values = Array("values", weights[stored].astype(np.uint8))
    palette: Array | int = 0
    if coding.palettes:
        palettes = [np.unique(weights[stored])] * filters
        if coding.palettes > 1:
            palettes = [np.unique(one[has]) for one, has in zip(weights, stored, strict=True)]
        places = (np.searchsorted(own, one[has]) for own, one, has in zip(palettes, weights, stored, strict=True))
        values = Array("values", np.concatenate([_packed(of_filter, coding.bits) for of_filter in places]))
        palette = Array("palette", _padded(palettes[: coding.palettes], 1 << coding.bits))
    fields = {
        "bitmap": Array("bitmap", _bitmap(stored)) if coding.bitmap else 0,
        "values": values,
        "palette": palette,
        "taps": taps,
        "bits": coding.bits,
        "palette_step": 1 << coding.bits if coding.palettes > 1 else 0,
    }
    return Struct("struct wb_coded", fields)


def _bitmap(stored: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Words of each filter, the first tap in the uppermost bit."""
    filters, taps = stored.shape
    padded = np.zeros((filters, bitmap_words(taps) * WORD_BITS), bool)
    padded[:, :taps] = stored
    return np.packbits(padded, axis=1).view(">u4").astype(np.uint32)


def _packed(places: NDArray[np.intp], bits: int) -> NDArray[np.uint8]:
    """Places of so many bits each, the first in the upper bits of the first byte."""
    each = (places[:, None] >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(each.astype(np.uint8).reshape(-1))


def _padded(palettes: Sequence[Weights], size: int) -> NDArray[np.int8]:
    return np.stack([np.pad(values, (0, size - values.size)) for values in palettes]).astype(np.int8)
