"""An operator with its tensors, as the rules for kernels' orders see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import NotSupported
from workbench.graph.model import Operator, Subgraph, Tensor

_NUMPY = {"int8": np.int8, "int16": np.int16, "int32": np.int32, "int64": np.int64}


@dataclass(frozen=True)
class Call:
    """One operator of a subgraph."""

    operator: Operator
    subgraph: Subgraph

    @property
    def where(self) -> str:
        return f"operator {self.operator.index} ({self.operator.name})"

    @property
    def inputs(self) -> tuple[Tensor | None, ...]:
        """All inputs; None for one that is left out."""
        return tuple(self.subgraph.tensor(index) for index in self.operator.inputs)

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        return tuple(self.subgraph.tensors[index] for index in self.operator.outputs)

    @property
    def output(self) -> Tensor:
        if not self.operator.outputs:
            raise self.refusal("has no output.")
        return self.outputs[0]

    def input(self, place: int) -> Tensor:
        tensor = self.inputs[place] if place < len(self.operator.inputs) else None
        if tensor is None:
            raise self.refusal(f"has no input {place}.")
        return tensor

    def option(self, name: str, default: Any = 0) -> Any:
        """A value of the operator's options."""
        return self.operator.options.get(name, default)

    def shape(self, tensor: Tensor, rank: int) -> tuple[int, ...]:
        """A tensor's shape of exactly ``rank`` sizes."""
        if len(tensor.shape) != rank:
            raise self.refusal(f"cannot take shape {tensor.shape} of {tensor.name!r}: {rank} sizes are needed.")
        return tensor.shape

    def constant(self, place: int) -> list[int]:
        """The whole numbers stored in an input, such as axes or paddings."""
        tensor = self.input(place)
        if tensor.data is None or tensor.dtype not in _NUMPY:
            raise self.refusal(f"needs {tensor.name!r} as stored whole numbers.")
        return [int(value) for value in np.frombuffer(tensor.data, _NUMPY[tensor.dtype])]

    def refusal(self, why: str) -> NotSupported:
        """The error that says what the plain-C engine cannot do with this operator."""
        return NotSupported(f"{self.operator.name} {why}", where=self.where)


def element_bytes(tensor: Tensor) -> int:
    """Bytes of one element."""
    return tensor.bytes // max(tensor.elements, 1)


def is_computed(tensor: Tensor | None) -> bool:
    """Whether a tensor is computed, and so lies in the arena; the handle of a variable does not."""
    return tensor is not None and tensor.data is None and tensor.dtype != "resource"
