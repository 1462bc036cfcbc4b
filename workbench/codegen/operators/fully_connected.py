"""FULLY_CONNECTED of int8."""

from __future__ import annotations

import numpy as np

from workbench.codegen.generated import Option
from workbench.codegen.lowering import Array, Lowered, Placed
from workbench.codegen.operators.channels import Channels, channels, check_sizes
from workbench.codegen.operators.dense_stream import IN_A_WORD, dense_layer
from workbench.codegen.operators.packed import packs


def fully_connected(placed: Placed) -> Lowered:
    """A few outputs at a time, each from the whole input."""
    call = placed.call
    outputs, depth = call.input(1).shape
    check_sizes(call, (outputs, depth))
    found = channels(call, outputs)
    rows = call.input(0).elements // depth
    each_at_a_word = rows == 1 or depth % IN_A_WORD == 0
    if placed.option is Option.SPEED and each_at_a_word and packs(found, found.weights, in_goes=True):
        return _packed(placed, found, rows)
    return Lowered(
        "wb_fully_connected_general",
        (
            Array("weights", found.weights.astype(np.int8)),
            found.struct(found.folded(found.weights.sum(1))),
            rows,
            depth,
            int(placed.access.backwards),
            placed.input_address(),
            placed.output_address(),
        ),
        ("fully_connected_general.c",),
    )


def _packed(placed: Placed, found: Channels, rows: int) -> Lowered:
    check_sizes(placed.call, (rows,))
    return Lowered(
        "wb_fully_connected_packed",
        (
            dense_layer(found, rows, found.weights.shape[1], backwards=placed.access.backwards),
            placed.input_address(),
            placed.output_address(),
        ),
        ("fully_connected_packed.c", "dense_block.c", "dense_block_dsp.S"),
    )
