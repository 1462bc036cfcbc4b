"""The proof that a plain-C plan works, element by element.

It shares nothing with the planner but the kernels' orders of reads and writes: no limits between places, no lifetimes,
no aliases. It runs the plan on a painted memory: each byte is painted with the number of the byte of the tensor that
was written there, and each read must find the paint it expects, in the turn in which the kernel reads it last.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.errors import NotSupported
from workbench.graph.model import Graph, Operator, Subgraph, Tensor
from workbench.memory.plain_c.access import Access
from workbench.memory.plain_c.plan import PlainCPlan
from workbench.memory.plan import Placement

_ALIGNMENT = 4
_BARE = -1  # paint of bytes that hold nothing
_RESHAPES = ("EXPAND_DIMS", "RESHAPE", "SQUEEZE")
_DECLARATIONS = ("CALL_ONCE", "VAR_HANDLE")
_OF_VARIABLES = ("ASSIGN_VARIABLE", "READ_VARIABLE")


def check_plain_c(plan: PlainCPlan, graph: Graph) -> None:
    """Raise NotSupported when a kernel would read something that was overwritten."""
    problem = find_fault(plan, graph)
    if problem:
        raise NotSupported(f"The memory plan is wrong: {problem}", to_do="Please report this model as a fault.")


def find_fault(plan: PlainCPlan, graph: Graph) -> str:
    """What is wrong with a plan, in one sentence; empty when nothing is."""
    try:
        _Memory(plan, graph.main).run()
    except _Fault as fault:
        return str(fault)
    return ""


class _Fault(Exception):
    """What is wrong with a plan."""


class _Memory:
    """The arena, painted."""

    def __init__(self, plan: PlainCPlan, subgraph: Subgraph) -> None:
        self.plan = plan
        self.subgraph = subgraph
        self.paint: NDArray[np.int64] = np.full(plan.plan.arena_bytes, _BARE, np.int64)
        # The number of each tensor's first byte; known once the tensor is there.
        self.first_byte: dict[int, int] = {}
        self.next_byte = 0
        self.places: dict[int, Placement] = {}
        for placement in plan.plan.placements:
            for tensor in (placement.tensor, *placement.reshaped):
                if tensor is not None:
                    self.places[tensor] = placement

    def run(self) -> None:
        self._check_places()
        for placement in self._variables():
            self._paint(placement)
        for index in self.subgraph.inputs:
            self._fill(self.subgraph.tensors[index], -1)
        if sorted(self.plan.order) != list(range(len(self.subgraph.operators))):
            raise _Fault("not every operator runs once.")
        for step, (operator, access) in enumerate(zip(self.plan.order, self.plan.accesses, strict=True)):
            self._step(step, operator, access)
        for index in self.subgraph.outputs:
            tensor = self.subgraph.tensors[index]
            if _is_computed(tensor):
                self._expect(tensor, np.ones(tensor.bytes, bool), "the model's output", len(self.plan.order) - 1)
        for placement in self._variables():
            self._expect_variable(placement, "the next invocation")

    def _check_places(self) -> None:
        for placement in self.plan.plan.placements:
            inside = placement.offset >= 0 and placement.end <= self.paint.size
            if not inside or placement.offset % _ALIGNMENT:
                raise _Fault(f"{placement.name!r} lies at {placement.offset:,} to {placement.end:,}.")

    def _step(self, step: int, index: int, access: Access) -> None:
        operator = self.subgraph.operators[index]
        name = f"operator {index} ({operator.name})"
        if operator.name in _DECLARATIONS:
            return
        source = self.subgraph.tensor(operator.inputs[0]) if operator.inputs else None
        if operator.name in _RESHAPES and _is_computed(source):
            self._rename(source, self.subgraph.tensors[operator.outputs[0]], name, step)
            return
        variable = self.places.get(operator.inputs[0]) if operator.name in _OF_VARIABLES else None
        if variable is not None:
            self._expect_variable(variable, name)
        self._operator(step, operator, access, name)
        for state in operator.inputs:
            if state >= 0 and self.subgraph.tensors[state].is_variable:
                self._paint(self.places[state])
        if variable is not None and operator.name == "ASSIGN_VARIABLE":
            self._assign(variable, self.subgraph.tensor(operator.inputs[1]), name)

    def _operator(self, step: int, operator: Operator, access: Access, name: str) -> None:
        inputs = [self.subgraph.tensor(tensor) for tensor in operator.inputs]
        outputs = [self.subgraph.tensors[tensor] for tensor in operator.outputs]
        # The turn in which each byte of the arena is overwritten; later than all where it is not.
        overwritten = np.full(self.paint.size, access.turns, np.int32)
        for tensor, cells in zip(outputs, access.writes, strict=True):
            if tensor.bytes != cells.bytes:
                raise _Fault(f"{name} writes {cells.bytes:,} bytes to {tensor.name!r}, which has {tensor.bytes:,}.")
            if tensor.bytes:
                area = self._area(tensor, name, step)
                overwritten[area] = np.minimum(overwritten[area], cells.by_byte())
        scratch = self._scratch(step, access, name)
        overwritten[scratch] = -1  # used from before the first turn
        for source, read in zip(inputs, access.reads, strict=True):
            if source is None or not _is_computed(source) or not source.bytes:
                continue
            if read is None or read.bytes != source.bytes:
                raise _Fault(f"{name} does not say how it reads {source.name!r}.")
            turns = read.by_byte()
            self._expect(source, turns >= 0, name, step)
            if (overwritten[self._area(source, name, step)] < turns).any():
                raise _Fault(f"{name} overwrites {source.name!r} before it has read it.")
        for tensor in outputs:
            self._fill(tensor, step)
        self.paint[scratch] = _BARE  # used until after the last turn

    def _variables(self) -> list[Placement]:
        """The places of variables, which are those of their handles, and of operators' states."""
        return [
            placement
            for placement in self.plan.plan.placements
            if placement.tensor is not None and _is_kept(self.subgraph.tensors[placement.tensor])
        ]

    def _paint(self, placement: Placement) -> None:
        """Paint a variable that was just assigned, whatever its handle's size."""
        numbers = np.arange(placement.bytes) + self.next_byte
        self.first_byte[placement.tensor or 0] = self.next_byte
        self.next_byte += placement.bytes
        self.paint[placement.offset : placement.end] = numbers

    def _assign(self, placement: Placement, value: Tensor | None, name: str) -> None:
        if value is None or value.bytes != placement.bytes:
            raise _Fault(f"{name} assigns {placement.name!r} a value of another size.")
        self._paint(placement)

    def _expect_variable(self, placement: Placement, reader: str) -> None:
        """Every byte of a variable must still be there; its place is its own from before the first operator on."""
        wanted = np.arange(placement.bytes) + self.first_byte[placement.tensor or 0]
        if (self.paint[placement.offset : placement.end] != wanted).any():
            raise _Fault(f"the variable {placement.name!r} is overwritten before {reader} reads it.")
        if placement.first_op > -1 or placement.last_op < len(self.plan.order) - 1:
            raise _Fault(f"the variable {placement.name!r} is not kept.")

    def _scratch(self, step: int, access: Access, name: str) -> slice:
        """The bytes of the operator's scratch."""
        if not access.scratch_bytes:
            return slice(0, 0)
        for placement in self.plan.plan.placements:
            if placement.tensor is None and placement.first_op == step and placement.bytes >= access.scratch_bytes:
                return slice(placement.offset, placement.end)
        raise _Fault(f"{name} has no scratch of {access.scratch_bytes:,} bytes.")

    def _rename(self, source: Tensor | None, target: Tensor, name: str, step: int) -> None:
        """The same bytes under another name: they must stay where they are."""
        if source is None or not source.bytes:
            return
        if self._area(source, name, step) != self._area(target, name, step) or source.index not in self.first_byte:
            raise _Fault(f"{name} moves nothing, but {target.name!r} lies elsewhere than {source.name!r}.")
        self.first_byte[target.index] = self.first_byte[source.index]

    def _fill(self, tensor: Tensor, step: int) -> None:
        """Paint a tensor that was just written."""
        if not tensor.bytes:
            return
        self.first_byte[tensor.index] = self.next_byte
        self.next_byte += tensor.bytes
        numbers = np.arange(tensor.bytes) + self.first_byte[tensor.index]
        self.paint[self._area(tensor, f"step {step}", step)] = numbers

    def _expect(self, tensor: Tensor, needed: NDArray[np.bool_], reader: str, step: int) -> None:
        """Every needed byte of a tensor must still be there."""
        if not tensor.bytes:
            return
        if tensor.index not in self.first_byte:
            raise _Fault(f"{reader} reads {tensor.name!r} before it is written.")
        found = self.paint[self._area(tensor, reader, step)]
        wanted = np.arange(tensor.bytes) + self.first_byte[tensor.index]
        if (found != wanted)[needed].any():
            raise _Fault(f"{tensor.name!r} is overwritten before {reader} reads it.")

    def _area(self, tensor: Tensor, user: str, step: int) -> slice:
        place = self.places.get(tensor.index)
        if place is None or place.bytes != tensor.bytes:
            raise _Fault(f"{tensor.name!r} has no place of {tensor.bytes:,} bytes.")
        if not place.alive_at(step):
            raise _Fault(f"{tensor.name!r} is not kept for {user}.")
        return slice(place.offset, place.end)


def _is_kept(tensor: Tensor) -> bool:
    """Whether a tensor's bytes stay from one invocation to the next."""
    return tensor.dtype == "resource" or (tensor.is_variable and tensor.data is None)


def _is_computed(tensor: Tensor | None) -> bool:
    return tensor is not None and tensor.data is None and tensor.dtype != "resource"
