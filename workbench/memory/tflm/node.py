"""An operator as its kernel's Init and Prepare see it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.errors import NotSupported
from workbench.graph.flexbuffer import read_numbers
from workbench.graph.model import Operator, Subgraph, Tensor
from workbench.memory.tflm.abi import Abi
from workbench.memory.tflm.allocator import BUFFER_ALIGNMENT, Arena, Kind

# TfLiteTensor, TfLiteAffineQuantization and TfLiteIntArray of tflite-micro's c/common.h.
TENSOR = "{ip}{ii}pppeeb"
AFFINE_QUANTIZATION = "ppi"
INT = 4

_LARGEST_OPTION = 1 << 24  # far above any size on a microcontroller


@dataclass(frozen=True)
class KernelSet:
    """Which kernels TFLM is built with, and for what core.

    Without ``cmsis_nn``: the reference kernels. ``dsp`` and ``mve`` are the core's extensions, which decide
    the scratch buffers CMSIS-NN asks for.
    """

    cmsis_nn: bool = False
    dsp: bool = True
    mve: bool = False

    @property
    def name(self) -> str:
        return "CMSIS-NN" if self.cmsis_nn else "reference"


REFERENCE = KernelSet()
CMSIS_NN = KernelSet(cmsis_nn=True)


@dataclass
class ResourceVariables:
    """MicroResourceVariables: variables by (container, name), and the tensors that hold handles to them.

    ``handles`` is by (subgraph, tensor); ``allocated`` lists the variables that have their memory already.
    """

    handles: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    allocated: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class Node:
    """One operator, and the arena its kernel allocates from; ``number`` is its subgraph's."""

    operator: Operator
    subgraph: Subgraph
    number: int
    kernels: KernelSet
    abi: Abi
    arena: Arena
    variables: ResourceVariables
    where: str
    scratch_bytes: list[int] = field(default_factory=list)

    def option(self, name: str, default: Any = 0) -> Any:
        """A value of the operator's options."""
        return self.operator.options.get(name, default)

    @functools.cached_property
    def _numbers(self) -> Mapping[str, int | float | bool]:
        data = self.operator.options.get("custom_options")
        return read_numbers(data) if data else {}

    def custom_option(self, name: str, default: int | None = None) -> int:
        """A whole number of a custom operator's options; NotSupported where it is missing and has no ``default``."""
        value = self._numbers.get(name, default)
        if value is None or not 0 <= value <= _LARGEST_OPTION:
            raise NotSupported(f"{self.operator.name} does not say its {name}.", where=self.where)
        return int(value)

    def optional_input(self, place: int) -> Tensor | None:
        """An input that may be left out."""
        inputs = self.operator.inputs
        return self.subgraph.tensor(inputs[place]) if place < len(inputs) else None

    def input(self, place: int) -> Tensor:
        tensor = self.optional_input(place)
        if tensor is None:
            raise NotSupported(f"{self.operator.name} has no input {place}.", where=self.where)
        return tensor

    def output(self, place: int = 0) -> Tensor:
        outputs = self.operator.outputs
        tensor = self.subgraph.tensor(outputs[place]) if place < len(outputs) else None
        if tensor is None:
            raise NotSupported(f"{self.operator.name} has no output {place}.", where=self.where)
        return tensor

    def dimension(self, tensor: Tensor, place: int) -> int:
        """One size of a tensor's shape."""
        if not -len(tensor.shape) <= place < len(tensor.shape):
            raise NotSupported(
                f"{self.operator.name} cannot take shape {tensor.shape} of {tensor.name!r}.", where=self.where
            )
        return tensor.shape[place]

    # What a kernel may ask for.

    def persistent(self, size: int) -> None:
        """context->AllocatePersistentBuffer."""
        self.arena.persistent(size, BUFFER_ALIGNMENT, Kind.KERNELS)

    def data(self, layout: str) -> None:
        """The kernel's own struct, as most Init functions allocate."""
        self.persistent(self.abi.size(layout))

    def scratch(self, size: int) -> None:
        """context->RequestScratchBufferInArena."""
        self.scratch_bytes.append(size)

    def temporary(self, *tensors: Tensor | None) -> None:
        """micro_context->AllocateTempInputTensor and its like; a tensor that is left out takes nothing."""
        for tensor in tensors:
            if tensor is not None:
                for size, alignment in tensor_structs(tensor, self.abi):
                    self.arena.temporary(size, alignment)

    def temporary_inputs(self, *places: int) -> None:
        self.temporary(*(self.optional_input(place) for place in places))

    def temporary_output(self, place: int = 0) -> None:
        self.temporary(self.output(place))


def tensor_structs(tensor: Tensor, abi: Abi) -> list[tuple[int, int]]:
    """(bytes, alignment) of what a TfLiteTensor allocates, quantization included.

    Source: InitializeTfLiteTensorFromFlatbuffer in micro_allocator.cc.
    """
    structs = [(abi.size(TENSOR), abi.alignment(TENSOR))]
    if tensor.quantization is not None:
        structs.append((abi.size(AFFINE_QUANTIZATION), abi.alignment(AFFINE_QUANTIZATION)))
        structs.append((INT + INT * len(tensor.quantization.scales), INT))
    return structs


@dataclass(frozen=True)
class Kernel:
    """What one operator's kernel allocates.

    ``source`` names the files in tflite-micro's kernels folder that the rule follows; ``options`` is the layout
    of the struct its options are parsed into (builtin_op_data.h), "" when the parser allocates nothing.
    """

    source: str
    init: Callable[[Node], None]
    prepare: Callable[[Node], None]
    options: str = ""


def nothing(node: Node) -> None:
    """Allocates nothing."""


def struct(layout: str) -> Callable[[Node], None]:
    """An Init that allocates the kernel's struct and no more."""
    return lambda node: node.data(layout)


def look_at(inputs: int | tuple[int, ...] = 1, outputs: int | tuple[int, ...] = 1) -> Callable[[Node], None]:
    """A Prepare that only looks at tensors: the first few inputs and outputs, or those at the places given."""
    in_places = tuple(range(inputs)) if isinstance(inputs, int) else inputs
    out_places = tuple(range(outputs)) if isinstance(outputs, int) else outputs

    def prepare(node: Node) -> None:
        node.temporary_inputs(*in_places)
        for place in out_places:
            node.temporary_output(place)

    return prepare
