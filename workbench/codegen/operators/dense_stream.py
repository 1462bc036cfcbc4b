"""Weights and constants of dense layers as their fast kernel reads them: see ``resources/c/kernels/dense_block.h``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.lowering import Array, Struct
from workbench.codegen.operators.channels import Channels

TOGETHER = 4  # outputs the kernel computes together
IN_A_WORD = 4


@dataclass(frozen=True, eq=False)
class DenseStream:
    """uint32: ``words`` of each four outputs, then of those left over; multiplier, offset and shift of each output.

    ``constants`` are those of one output, and ``constants_step`` is 0, where all outputs share them.
    """

    words: NDArray[np.uint32]
    constants: NDArray[np.uint32]
    constants_step: int


def dense_layer(found: Channels, rows: int, depth: int, *, backwards: bool) -> Struct:
    """``struct wb_dense`` of rows that are ``depth`` inputs apart."""
    stream = dense_stream(found, backwards=backwards)
    blocks, left_over = divmod(found.count, TOGETHER)
    return Struct(
        "struct wb_dense",
        {
            "stream": Array("weights", stream.words),
            "constants": Array("constants", stream.constants),
            "rows": rows,
            "depth": depth,
            "blocks": blocks,
            "left_over": left_over,
            "constants_step": stream.constants_step,
            "backwards": int(backwards),
        },
    )


def dense_stream(found: Channels, *, backwards: bool) -> DenseStream:
    """The words for outputs computed from the first four to the last, or backwards, those left over being last."""
    weights = np.pad(found.weights, ((0, 0), (0, -found.weights.shape[1] % IN_A_WORD)))
    bias = 2 * found.folded(found.weights.sum(1)).astype(np.int64)
    whole = found.count // TOGETHER * TOGETHER
    blocks, rest = np.arange(whole).reshape(-1, TOGETHER), np.arange(whole, found.count)
    if backwards:
        blocks = blocks[::-1]
    order = np.concatenate((rest, blocks.reshape(-1)) if backwards else (blocks.reshape(-1), rest))
    constants = requantization(found)
    shared = bool((constants == constants[0]).all())
    of_blocks = np.concatenate((bias[blocks], _of_four(weights[blocks])), axis=1)
    of_rest = np.concatenate((bias[rest, None], _bytes_in_words(weights[rest])), axis=1)
    return DenseStream(
        _words(np.concatenate((of_blocks.reshape(-1), of_rest.reshape(-1)))),
        _words(constants[:1] if shared else constants[order]),
        0 if shared else constants.shape[1],
    )


def requantization(found: Channels) -> NDArray[np.int64]:
    """(channels, 3): multiplier, the zero point with half a step of the result, shifted, and the shift to the right."""
    right = -found.shift.astype(np.int64)
    offset = ((2 * found.made.zero_point + 1) << right) >> 1
    return np.stack((found.multiplier.astype(np.int64), offset, right), axis=1)


def _of_four(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weights (blocks, four outputs, inputs) as (blocks, words): of each four inputs two of a and b, two of c and d."""
    halves = weights[:, 0::2] + 256 * weights[:, 1::2]
    blocks, pairs, depth = halves.shape
    fours = halves.reshape(blocks, pairs, depth // IN_A_WORD, IN_A_WORD)
    words = (fours[..., :2] & 0xFFFF) | (fours[..., 2:] & 0xFFFF) << 16
    return words.transpose(0, 2, 1, 3).reshape(blocks, pairs * depth // 2)


def _bytes_in_words(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weights (outputs, inputs) as (outputs, words), the first in the lowest byte."""
    outputs, depth = weights.shape
    fours = weights.reshape(outputs, depth // IN_A_WORD, IN_A_WORD) & 0xFF
    return np.asarray((fours << np.arange(0, 32, 8)).sum(2), np.int64)


def _words(values: NDArray[np.int64]) -> NDArray[np.uint32]:
    return (values.reshape(-1) & 0xFFFFFFFF).astype(np.uint32)
