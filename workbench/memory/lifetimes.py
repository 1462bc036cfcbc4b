"""When each tensor and scratch buffer is alive, as TensorFlow Lite Micro counts it.

Follows AllocationInfoBuilder::MarkAllocationLifetimes in micro_allocation_info.cc of tflite-micro. Time is
counted in steps: filling the inputs is one, each operator is one, and so is entering a subgraph that an
operator runs (IF, WHILE, CALL_ONCE). In a model with one subgraph, step n is operator n, and -1 is the time
before the first operator.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from workbench.errors import NotSupported
from workbench.graph.model import Graph, Operator, Subgraph, Tensor
from workbench.memory.plan import Lifetime, Step

# Operators that run other subgraphs, and the options that name them in the order TFLM plans them.
RUNS_SUBGRAPHS: Mapping[str, tuple[str, ...]] = {
    "IF": ("then_subgraph_index", "else_subgraph_index"),
    "WHILE": ("cond_subgraph_index", "body_subgraph_index"),
    "CALL_ONCE": ("init_subgraph_index",),
}

# Subgraphs that call each other can multiply; no model for a microcontroller comes near.
MAX_STEPS = 20_000
MAX_DEPTH = 32
MAX_REFERENCES = 1_000_000  # of operators to tensors, over all steps


@dataclass(frozen=True)
class ScratchRequest:
    """A scratch buffer an operator asks for while it runs."""

    subgraph: int
    operator: int
    bytes: int


def is_planned(tensor: Tensor) -> bool:
    """Whether a tensor lies in the planned part: neither constant nor variable nor empty."""
    return tensor.data is None and not tensor.is_variable and tensor.bytes > 0


def lifetimes(
    graph: Graph, scratch: Sequence[ScratchRequest] = (), *, elsewhere: Collection[tuple[int, int]] = ()
) -> tuple[list[Lifetime], list[Step]]:
    """(lifetimes in the order TFLM's planner receives them, the steps they count).

    First the tensors of each subgraph by index, then the scratch buffers in the order they were asked for.
    Tensors ``elsewhere``, as (subgraph, index), have their place already and are left out.
    """
    marks = _Marks(graph, scratch)
    marks.subgraph(0, ())
    found = [
        _lifetime(tensor, number, marks.tensors[number].get(tensor.index))
        for number, subgraph in enumerate(graph.subgraphs)
        for tensor in subgraph.tensors
        if is_planned(tensor) and (number, tensor.index) not in elsewhere
    ]
    for number, request in enumerate(scratch):
        first, last = marks.scratch.get(number, (-1, -1))
        name = f"scratch of {graph.subgraphs[request.subgraph].operators[request.operator].name}"
        found.append(Lifetime(name, None, request.bytes, first, last, request.subgraph))
    return found, marks.steps


def _lifetime(tensor: Tensor, subgraph: int, mark: tuple[int, int] | None) -> Lifetime:
    # A tensor that nothing reads or writes keeps TFLM's initial mark.
    first, last = mark or (-2, -2)
    return Lifetime(tensor.name, tensor.index, tensor.bytes, first, last, subgraph)


class _Marks:
    """First and last step of each tensor by subgraph and index, filled by walking the subgraphs as they run."""

    def __init__(self, graph: Graph, scratch: Sequence[ScratchRequest]) -> None:
        self.graph = graph
        self.steps: list[Step] = []
        self.tensors: list[dict[int, tuple[int, int]]] = [{} for _ in graph.subgraphs]
        self.scratch: dict[int, tuple[int, int]] = {}
        self._references = 0
        self._requests: dict[tuple[int, int], list[int]] = {}
        for number, request in enumerate(scratch):
            self._requests.setdefault((request.subgraph, request.operator), []).append(number)

    @property
    def _now(self) -> int:
        return len(self.steps) - 1

    def subgraph(self, number: int, callers: tuple[int, ...]) -> None:
        if number in callers:
            raise NotSupported(f"Subgraph {number} runs itself; TensorFlow Lite Micro cannot plan that.")
        if len(callers) >= MAX_DEPTH:
            raise NotSupported(f"The model's subgraphs run each other more than {MAX_DEPTH} deep.")
        subgraph = self.graph.subgraphs[number]
        self._use(number, subgraph.inputs)
        for operator in subgraph.operators:
            self._operator(operator, number, subgraph, (*callers, number))
        self._use(number, subgraph.outputs)

    def _operator(self, operator: Operator, number: int, subgraph: Subgraph, callers: tuple[int, ...]) -> None:
        self._step(Step(number, operator.index, operator.name))
        start = self._now
        self._create(number, operator.outputs)
        for option in RUNS_SUBGRAPHS.get(operator.name, ()):
            callee = int(operator.options.get(option, 0))
            self._step(Step(callee, None, f"enter subgraph {callee}"))
            self.subgraph(callee, callers)
        self._use_created(number, operator.inputs)
        self._use_created(number, operator.outputs)
        for request in self._requests.get((number, operator.index), ()):
            first, _ = self.scratch.get(request, (start, start))
            self.scratch[request] = (first, self._now)

    def _step(self, step: Step) -> None:
        if len(self.steps) >= MAX_STEPS:
            raise NotSupported(f"The model runs more than {MAX_STEPS:,} operators.")
        self.steps.append(step)

    def _create(self, number: int, tensors: Sequence[int]) -> None:
        for tensor in tensors:
            if tensor >= 0:
                self.tensors[number].setdefault(tensor, (self._now, -2))

    def _use_created(self, number: int, tensors: Sequence[int]) -> None:
        """Extend to now; a tensor nothing has written yet (a constant, or a fault of the model) starts at -2."""
        self._references += len(tensors)
        if self._references > MAX_REFERENCES:
            raise NotSupported(f"The model's operators use more than {MAX_REFERENCES:,} tensors.")
        for tensor in tensors:
            if tensor >= 0:
                first, _ = self.tensors[number].get(tensor, (-2, -2))
                self.tensors[number][tensor] = (first, self._now)

    def _use(self, number: int, tensors: Sequence[int]) -> None:
        self._create(number, tensors)
        self._use_created(number, tensors)
