"""Loops over tensors of many axes as few loops: ``struct wb_rows`` and the steps of each tensor walked along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.codegen.lowering import Array, Struct
from workbench.memory.plain_c.call import Call

_AXES = 4  # of struct wb_rows


@dataclass(frozen=True)
class Walk:
    """One tensor: the element it starts at, and the step along each axis of the loop, in elements."""

    steps: tuple[int, ...]
    start: int = 0


@dataclass(frozen=True, eq=False)
class Rows:
    """The loop as ``struct wb_rows``, and the steps of each tensor in the order they were given."""

    struct: Struct
    steps: tuple[Array, ...]


def rows(call: Call, sizes: Sequence[int], walks: Sequence[Walk], *, backwards: bool = False) -> Rows:
    """A loop over ``sizes``, the last axis fastest; refused when it takes more than four axes.

    Axes that every tensor walks through without a break become one.
    """
    loop = _merged(sizes, [walk.steps for walk in walks])
    if len(loop) > _AXES:
        raise call.refusal(f"takes {len(loop)} loops within each other; its kernel has {_AXES}.")
    loop = [(1, (0,) * len(walks))] * (_AXES - len(loop)) + loop
    outer, middle, inner, length = (size for size, _ in loop)
    struct = Struct(
        "struct wb_rows", {"rows": outer * middle * inner, "length": length, "middle": middle, "inner": inner}
    )
    arrays = []
    for number, walk in enumerate(walks):
        steps = [every[number] for _, every in loop]
        start = walk.start
        if backwards:
            start += sum((size - 1) * step for (size, _), step in zip(loop, steps, strict=True))
            steps = [-step for step in steps]
        arrays.append(Array("steps", np.array([start, *steps], np.int32)))
    return Rows(struct, tuple(arrays))


def contiguous(sizes: Sequence[int]) -> tuple[int, ...]:
    """The steps along the axes of a tensor of this shape, row-major."""
    steps = [1]
    for size in reversed(sizes[1:]):
        steps.append(steps[-1] * size)
    return tuple(reversed(steps[: len(sizes)]))


def broadcast(shape: Sequence[int], over: Sequence[int]) -> tuple[int, ...]:
    """The steps of a tensor that is repeated, as numpy does, over a larger shape."""
    full = (1,) * (len(over) - len(shape)) + tuple(shape)
    return tuple(step if size == wanted else 0 for step, size, wanted in zip(contiguous(full), full, over, strict=True))


def _merged(sizes: Sequence[int], steps: Sequence[Sequence[int]]) -> list[tuple[int, tuple[int, ...]]]:
    """(size, step of each tensor) of each loop, from the outermost; none of size 1."""
    loop: list[tuple[int, tuple[int, ...]]] = []
    for size, *along in zip(sizes, *steps, strict=True):
        if size == 1:
            continue
        if loop and all(before == step * size for before, step in zip(loop[-1][1], along, strict=True)):
            loop[-1] = (loop[-1][0] * size, tuple(along))
        else:
            loop.append((size, tuple(along)))
    return loop
