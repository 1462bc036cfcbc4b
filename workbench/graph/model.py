"""A model as plain data: subgraphs of operators and tensors.

Indices follow the file: a tensor's index is its place in its own subgraph, and operators refer to
tensors by index, -1 standing for an input that is left out.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Bytes an element of each TensorType takes in a device's memory; int4 packs two to a byte.
DTYPE_BYTES: Mapping[str, int] = {
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "float64": 8,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "int32": 4,
    "uint32": 4,
    "int64": 8,
    "uint64": 8,
    "bool": 1,
    "complex64": 8,
    "complex128": 16,
    "resource": 4,
}


@dataclass(frozen=True)
class Quantization:
    """real = scale · (q − zero point), one pair for the tensor or one for each slice along ``axis``."""

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int = 0

    @property
    def per_channel(self) -> bool:
        return len(self.scales) > 1


@dataclass(frozen=True)
class Tensor:
    """One tensor of a subgraph.

    ``bytes`` is what the tensor takes (shape × element size); ``data`` its constant content, little-endian
    and row-major, or None when it is computed. ``is_variable`` marks state kept from one inference to the next.
    ``buffer`` is the number of the file's buffer that holds the content: tensors may share one.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    quantization: Quantization | None = None
    data: builtins.bytes | None = field(default=None, repr=False)
    is_variable: bool = False
    buffer: int = 0

    @property
    def is_constant(self) -> bool:
        return self.data is not None

    @property
    def elements(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True)
class Operator:
    """One operator: ``name`` as in the schema (``CONV_2D``; a custom operator's own name), tensors by index.

    ``options`` holds what the schema stores with the operator, by the schema's names (``stride_w``, ``padding``,
    ``fused_activation_function`` …), enumerations as words.
    """

    index: int
    name: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    intermediates: tuple[int, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    is_custom: bool = False


@dataclass(frozen=True)
class Subgraph:
    """Operators in the order they run, and the tensors they share."""

    name: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def tensor(self, index: int) -> Tensor | None:
        """The tensor an operator refers to; None for an input that is left out (-1)."""
        return None if index < 0 else self.tensors[index]

    @property
    def input_tensors(self) -> tuple[Tensor, ...]:
        return tuple(self.tensors[i] for i in self.inputs)

    @property
    def output_tensors(self) -> tuple[Tensor, ...]:
        return tuple(self.tensors[i] for i in self.outputs)


@dataclass(frozen=True)
class Graph:
    """A whole model file: its graphs, size in bytes and metadata by name.

    ``string_bytes`` is what names and descriptions take of the file.
    """

    subgraphs: tuple[Subgraph, ...]
    description: str = ""
    bytes: int = 0
    metadata: Mapping[str, builtins.bytes] = field(default_factory=dict, repr=False)
    string_bytes: int = 0

    @property
    def main(self) -> Subgraph:
        """The subgraph that runs on invocation."""
        return self.subgraphs[0]

    @property
    def input_tensors(self) -> tuple[Tensor, ...]:
        return self.main.input_tensors

    @property
    def output_tensors(self) -> tuple[Tensor, ...]:
        return self.main.output_tensors

    @property
    def operator_names(self) -> tuple[str, ...]:
        """Each kind of operator in the model once, in order of first use: what a resolver must register."""
        return tuple(dict.fromkeys(op.name for subgraph in self.subgraphs for op in subgraph.operators))
