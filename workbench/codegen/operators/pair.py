"""Operators of two inputs, element by element: the loop that all of them share."""

from __future__ import annotations

from workbench.codegen.lowering import Address, Argument, Array, Lowered, Placed
from workbench.codegen.operators.rows import Rows, Walk, broadcast, contiguous, rows
from workbench.codegen.quantization import stored_values
from workbench.memory.plain_c.call import is_computed


def pair(placed: Placed, function: str, how: tuple[Argument, ...], kernel: str, dtype: str = "int8") -> Lowered:
    """A call of ``function(rows, how..., steps of a, of b and of the output, a, b, output)``."""
    inputs = pair_inputs(placed, dtype)
    found = walks_of(placed)
    return Lowered(function, (found.struct, *how, *found.steps, *inputs, placed.output_address()), (kernel,))


def walks_of(placed: Placed) -> Rows:
    """The loop over both inputs, each broadcast as numpy does, and the output."""
    call = placed.call
    shape = call.output.shape
    walks = [
        Walk(broadcast(call.input(0).shape, shape)),
        Walk(broadcast(call.input(1).shape, shape)),
        Walk(contiguous(shape)),
    ]
    return rows(call, shape, walks, backwards=placed.access.backwards)


def pair_inputs(placed: Placed, dtype: str = "int8") -> tuple[Address | Array, Address | Array]:
    """Both inputs; refuses what is not of this type."""
    call = placed.call
    for tensor in (call.input(0), call.input(1), call.output):
        if tensor.dtype != dtype:
            raise call.refusal(f"of {tensor.dtype} has no kernel here.")
    return _input(placed, 0), _input(placed, 1)


def _input(placed: Placed, place: int) -> Address | Array:
    tensor = placed.call.input(place)
    return placed.input_address(place) if is_computed(tensor) else Array("values", stored_values(tensor))
