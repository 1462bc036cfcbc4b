"""FULLY_CONNECTED of int8."""

from __future__ import annotations

import numpy as np

from workbench.codegen.lowering import Array, Lowered, Placed
from workbench.codegen.operators.channels import check_sizes, dense_channels


def fully_connected(placed: Placed) -> Lowered:
    """A few outputs at a time, each from the whole input."""
    call = placed.call
    outputs, depth = call.input(1).shape
    check_sizes(call, (outputs, depth))
    found = dense_channels(call, outputs)
    return Lowered(
        "wb_fully_connected_general",
        (
            Array("weights", found.weights.astype(np.int8)),
            found.struct(found.folded(found.weights.sum(1))),
            call.input(0).elements // depth,
            depth,
            int(placed.access.backwards),
            placed.input_address(),
            placed.output_address(),
        ),
        ("fully_connected_general.c",),
    )
