"""Operators that reduce along axes."""

from __future__ import annotations

from workbench.memory.tflm.node import INT, Kernel, Node, look_at, nothing, struct

# OpDataReduce of reduce.h.
_OP_DATA = "ii ii ii ii i i i"


def _working_memory(node: Node) -> None:
    """Counters over the input's dimensions, and the axes without duplicates."""
    node.scratch(INT * len(node.input(0).shape))
    node.scratch(INT * node.input(1).elements)


def _mean_or_sum(node: Node) -> None:
    look_at(2)(node)
    if node.input(0).dtype in {"int8", "int16"}:
        node.scratch(INT * node.output().elements)  # a 32-bit sum an output
    _working_memory(node)


def _extreme(node: Node) -> None:
    look_at(2)(node)
    _working_memory(node)


MEAN_SUM = Kernel("reduce_common.cc, reduce.h", struct(_OP_DATA), _mean_or_sum, options="b")
MAX_MIN_ALL = Kernel("reduce_common.cc, reduce.h", struct(_OP_DATA), _extreme, options="b")
ARG_MAX_MIN = Kernel("arg_min_max.cc", nothing, nothing, options="e")
