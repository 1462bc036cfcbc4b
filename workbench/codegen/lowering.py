"""What an operator becomes: a call of a kernel, and the constants the kernel reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.generated import Option
from workbench.graph.model import Tensor
from workbench.memory.plain_c.access import Access
from workbench.memory.plain_c.call import Call

Values = (
    NDArray[np.int8]
    | NDArray[np.uint8]
    | NDArray[np.int16]
    | NDArray[np.uint16]
    | NDArray[np.int32]
    | NDArray[np.uint32]
)


@dataclass(frozen=True, eq=False)
class Array:
    """A constant array in flash, word-aligned; flattened row-major. ``name`` says what it holds, as in ``bias``."""

    name: str
    values: Values


@dataclass(frozen=True)
class Address:
    """A place in the arena, in bytes from its start, passed to a kernel as ``c_type *``."""

    offset: int
    c_type: str = "uint8_t"


@dataclass(frozen=True)
class Function:
    """A function of a kernel for another one to call; named ``wb_…`` as in its source."""

    name: str


@dataclass(frozen=True, eq=False)
class Pointers:
    """A constant array in flash of pointers to ``c_type``, into the arena or to arrays."""

    name: str
    to: tuple[Address | Array, ...]
    c_type: str = "const uint8_t"


@dataclass(frozen=True, eq=False)
class Struct:
    """A constant struct in flash: the C type (``struct wb_…`` of a kernel's header) and its fields by name, in order.

    A field that is an Array or Pointers becomes a pointer to its first element.
    """

    c_type: str
    fields: Mapping[str, int | float | Array | Pointers]


Argument = int | float | Address | Array | Function | Pointers | Struct


@dataclass(frozen=True)
class Lowered:
    """One call of a kernel.

    ``function`` is named ``wb_…`` as in the kernel's source; the generator puts the model's prefix in place of ``wb``,
    so that two networks fit into one firmware. ``kernels`` are the files under ``resources/c/kernels`` that have
    what the call names, declared in a ``.h`` of the same name; what they include comes with them (kernel_files.py).
    """

    function: str
    arguments: tuple[Argument, ...]
    kernels: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """An operator with its tensors, its kernel's order of reads and writes, and where everything lies.

    ``offsets`` are the arena offsets of computed tensors by index; ``scratch`` that of the operator's scratch, None
    when it has none.

    Stored int8 activations are uint8 in the arena: stored = q + 128, so a zero point z of the model is z + 128 here.
    int16 activations are stored as they are. The generator converts the model's inputs and outputs in place.
    """

    call: Call
    access: Access
    option: Option
    offsets: Mapping[int, int] = field(repr=False)
    scratch: int | None = None

    def input_address(self, place: int = 0, c_type: str = "uint8_t") -> Address:
        """Where a computed input lies."""
        return self._address(self.call.input(place), c_type)

    def output_address(self, place: int = 0, c_type: str = "uint8_t") -> Address:
        """Where an output lies."""
        return self._address(self.call.outputs[place], c_type)

    def scratch_address(self, c_type: str = "int16_t") -> Address:
        """Where the operator's scratch lies."""
        if self.scratch is None:
            raise self.call.refusal("has no scratch in this plan.")
        return Address(self.scratch, c_type)

    def _address(self, tensor: Tensor, c_type: str) -> Address:
        return Address(self.offsets[tensor.index], c_type)
