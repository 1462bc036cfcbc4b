"""UNIDIRECTIONAL_SEQUENCE_LSTM: step by step, through a buffer of the gates."""

from __future__ import annotations

import numpy as np

from workbench.memory.plain_c.access import Access, Cells
from workbench.memory.plain_c.call import Call, element_bytes, is_computed

_GATES = 4
_INT16 = 2


def lstm(call: Call) -> tuple[tuple[Access, ...], ...]:
    """One step of one sequence after the other, as they lie in memory.

    A turn::

        gates[0..3][unit] = activation(bias + sum of weight * input[turn] + sum of weight * state[unit])
        cells, state = as the gates say
        output[turn] = state

    The state and the cells are kept from one invocation to the next and lie apart from all else.
    """
    first, second, depth = call.shape(call.input(0), 3)
    *steps, units = call.shape(call.output, 3)
    if steps != [first, second]:
        raise call.refusal("has shapes at odds.")
    turns = np.arange(first * second, dtype=np.int32)
    reads: list[Cells | None] = [None] * len(call.inputs)
    for place, tensor in enumerate(call.inputs):
        if tensor is not None and is_computed(tensor) and tensor.is_variable:
            reads[place] = Cells(np.full(tensor.elements, turns[-1], np.int32), element_bytes(tensor))
    reads[0] = Cells(turns, depth * element_bytes(call.input(0)))
    written = Cells(turns, units * element_bytes(call.output))
    return ((Access("step by step", tuple(reads), (written,), scratch_bytes=_GATES * units * _INT16),),)
