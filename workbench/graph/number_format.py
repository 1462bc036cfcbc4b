"""In which numbers a model computes."""

from __future__ import annotations

from workbench.graph.model import Graph, Tensor

_FLOATS = ("float32", "float16", "bfloat16")


def number_format(graph: Graph) -> str:
    """``float32``, ``float16``, ``dynamic_range``, ``int8``, ``int16x8``, or the types joined where they are mixed.

    Told by the weights, which are constants of two or more dimensions, and by the values that are computed.
    """
    tensors = [tensor for subgraph in graph.subgraphs for tensor in subgraph.tensors if tensor.bytes]
    weights = {tensor.dtype for tensor in tensors if tensor.is_constant and len(tensor.shape) > 1 and _is_value(tensor)}
    # State, such as the cells of an LSTM, may be finer than what flows through the network.
    flowing = [tensor for tensor in tensors if not tensor.is_constant and not tensor.is_variable]
    computed = {tensor.dtype for tensor in flowing if _is_value(tensor)}
    if "float16" in weights:
        return "float16"
    if computed and computed <= set(_FLOATS):
        return "dynamic_range" if weights & {"int4", "int8"} else "float32"
    if computed == {"int16"} and weights & {"int4", "int8"}:
        return "int16x8"
    return "int8" if computed == {"int8"} else "+".join(sorted(computed)) or "float32"


def _is_value(tensor: Tensor) -> bool:
    """Whether it holds quantities of the network, not a shape, an index or a bias."""
    return tensor.dtype in (*_FLOATS, "int4", "int8", "uint8", "int16")
