"""The arena TensorFlow Lite Micro needs for a model, allocation by allocation.

Follows MicroInterpreter::AllocateTensors (micro_interpreter.cc, micro_allocator.cc, micro_interpreter_graph.cc of
tflite-micro): the same allocations in the same order against a simulated arena, so that alignment and the
planner's temporary room come out as on the board. Checked against figures measured on an emulated Cortex-M4.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.memory import greedy
from workbench.memory.lifetimes import ScratchRequest, lifetimes
from workbench.memory.plan import Lifetime, MemoryPlan, Placement, Step, live_set
from workbench.memory.tflm.abi import CORTEX_M, Abi, align_up
from workbench.memory.tflm.allocator import BUFFER_ALIGNMENT, Arena, Kind
from workbench.memory.tflm.kernels.table import KERNELS, NOT_HERE
from workbench.memory.tflm.node import REFERENCE, KernelSet, Node, ResourceVariables, tensor_structs

# Structs of tflite-micro by the file that defines them.
_ALLOCATOR = "2p 5p pp"  # SingleArenaBufferAllocator: two tables of virtual functions, five addresses, two counts
_PLANNER = "p ii pppp ii p b"  # GreedyMemoryPlanner
_MICRO_ALLOCATOR = "p pppp b p p p"  # MicroAllocator
_OPTIONS_ALLOCATOR = "pp"  # MicroBuiltinDataAllocator
_SUBGRAPH = "pp"  # SubgraphAllocations
_EVAL_TENSOR = "ppe"  # TfLiteEvalTensor
_NODE = "{pppppp i} p"  # NodeAndRegistration
_ALLOCATION_INFO = "pp ii i b"  # AllocationInfo
_SCRATCH_REQUEST = "pii"  # ScratchBufferRequest
_VARIABLES = "p ii"  # MicroResourceVariables
_VARIABLE = "ppp p b"  # MicroResourceVariable
_PLANNED_BUFFER = "iiii ii {iii} i"  # what GreedyMemoryPlanner keeps of a buffer

_MAX_SCRATCH_BUFFERS_OF_OPERATOR = 12
# The planner takes quadratic time, on the board as here; no model for a microcontroller comes near.
_MAX_PLANNED_BUFFERS = 2048
_OFFLINE_PLAN = "OfflineMemoryAllocation"


@dataclass(frozen=True)
class ArenaEstimate:
    """The arena of a model with one set of kernels, in bytes.

    ``used`` is what ``arena_used_bytes()`` reports, ``required`` the smallest arena in which AllocateTensors
    succeeds (a multiple of 16), ``planned`` the head with tensors and scratch buffers, ``by_kind`` the tail by what
    is in it. ``kernel_data`` says what each operator's kernel keeps in the tail, as (subgraph, operator, bytes), and
    ``scratch`` what it asks for while it runs.
    """

    used: int
    required: int
    planned: int
    by_kind: Mapping[Kind, int]
    kernel_data: tuple[tuple[int, int, int], ...]
    scratch: tuple[ScratchRequest, ...]
    plan: MemoryPlan

    @property
    def tail(self) -> int:
        """Bytes that stay allocated beside the planned part."""
        return sum(self.by_kind.values())


def tflm_arena(graph: Graph, kernels: KernelSet = REFERENCE, abi: Abi = CORTEX_M) -> ArenaEstimate:
    """The arena for a model; raises NotSupported when TFLM cannot run it or no rule covers an operator."""
    return _Interpreter(graph, kernels, abi).allocate()


class _Interpreter:
    """One run of AllocateTensors."""

    def __init__(self, graph: Graph, kernels: KernelSet, abi: Abi) -> None:
        self.graph = graph
        self.abi = abi
        self.arena = Arena()
        self.scratch: list[ScratchRequest] = []
        self.kernel_data: list[tuple[int, int, int]] = []
        self.variables = ResourceVariables()
        self.nodes = [
            Node(
                operator,
                subgraph,
                number,
                kernels,
                abi,
                self.arena,
                self.variables,
                f"operator {operator.index} ({operator.name})",
            )
            for number, subgraph in enumerate(graph.subgraphs)
            for operator in subgraph.operators
        ]
        for node in self.nodes:
            if node.operator.name not in KERNELS:
                raise _no_rule(node)

    def allocate(self) -> ArenaEstimate:
        self._create()
        self._parse_options()
        initial = [self._init(node) for node in self.nodes]
        prepared = [self._prepare(node) for node in self.nodes]
        for node, before, after in zip(self.nodes, initial, prepared, strict=True):
            self.kernel_data.append((node.number, node.operator.index, before + after))
        plan = self._plan()
        self._keep_inputs_and_outputs()
        return ArenaEstimate(
            used=self.arena.head + self.arena.tail,
            required=align_up(self.arena.needed, BUFFER_ALIGNMENT),
            planned=plan.arena_bytes,
            by_kind=self.arena.by_kind,
            kernel_data=tuple(self.kernel_data),
            scratch=tuple(self.scratch),
            plan=plan,
        )

    def _persistent(self, layout: str, kind: Kind, count: int = 1) -> None:
        self.arena.persistent(count * self.abi.size(layout), self.abi.alignment(layout), kind)

    def _create(self) -> None:
        """MicroAllocator::Create and StartModelAllocation."""
        self._persistent(_ALLOCATOR, Kind.ALLOCATOR)
        self._persistent(_PLANNER, Kind.ALLOCATOR)
        self._persistent(_MICRO_ALLOCATOR, Kind.ALLOCATOR)
        self._create_variables()
        self._persistent(_OPTIONS_ALLOCATOR, Kind.ALLOCATOR)
        self._make_room_for_requests()
        self._persistent(_SUBGRAPH, Kind.ALLOCATOR, len(self.graph.subgraphs))
        for subgraph in self.graph.subgraphs:
            self._persistent(_EVAL_TENSOR, Kind.TENSORS, len(subgraph.tensors))
        for subgraph in self.graph.subgraphs:
            self._persistent(_NODE, Kind.NODES, len(subgraph.operators))

    def _parse_options(self) -> None:
        """PrepareNodeAndRegistrationDataFromFlatbuffer."""
        for node in self.nodes:
            layout = KERNELS[node.operator.name].options
            if layout:
                self._persistent(layout, Kind.OPTIONS)

    def _make_room_for_requests(self) -> None:
        room = len(self.scratch) + _MAX_SCRATCH_BUFFERS_OF_OPERATOR
        self.arena.resize_head(room * self.abi.size(_SCRATCH_REQUEST))

    def _init(self, node: Node) -> int:
        """InitSubgraphs; the bytes a kernel takes."""
        before = self.arena.by_kind[Kind.KERNELS]
        KERNELS[node.operator.name].init(node)
        return self.arena.by_kind[Kind.KERNELS] - before

    def _prepare(self, node: Node) -> int:
        """PrepareSubgraphs and FinishPrepareNodeAllocations; the bytes a kernel takes."""
        before = self.arena.by_kind[Kind.KERNELS]
        KERNELS[node.operator.name].prepare(node)
        self.scratch += [ScratchRequest(node.number, node.operator.index, size) for size in node.scratch_bytes]
        self.arena.reset_temporary()
        self._make_room_for_requests()
        return self.arena.by_kind[Kind.KERNELS] - before

    def _create_variables(self) -> None:
        """MicroResourceVariables::Create, which a sketch calls when the model has such variables."""
        names = {
            (node.option("container", ""), node.option("shared_name", ""))
            for node in self.nodes
            if node.operator.name == "VAR_HANDLE"
        }
        if names:
            self.arena.persistent(self.abi.size(_VARIABLES), BUFFER_ALIGNMENT, Kind.VARIABLES)
            self.arena.persistent(len(names) * self.abi.size(_VARIABLE), BUFFER_ALIGNMENT, Kind.VARIABLES)

    def _plan(self) -> MemoryPlan:
        """FinishModelAllocation and CommitStaticMemoryPlan."""
        if self.scratch:
            self._persistent("p", Kind.SCRATCH_HANDLES, len(self.scratch))
        tensors = sum(len(subgraph.tensors) for subgraph in self.graph.subgraphs)
        self.arena.temporary(len(self.graph.subgraphs) * self.abi.pointer, self.abi.pointer)
        infos = (tensors + len(self.scratch)) * self.abi.size(_ALLOCATION_INFO)
        self.arena.temporary(infos, self.abi.alignment(_ALLOCATION_INFO))
        offline = _offline_offsets(self.graph, tensors)
        self._keep_variables(offline)
        alive, steps = lifetimes(self.graph, self.scratch, elsewhere=self.variables.handles.keys())
        if len(alive) > _MAX_PLANNED_BUFFERS:
            raise NotSupported(f"The model has {len(alive):,} tensors to plan; up to {_MAX_PLANNED_BUFFERS:,} are.")
        self.arena.plan_in_rest(len(alive) * self.abi.size(_PLANNED_BUFFER))
        plan = _planned(alive, steps, offline)
        self.arena.resize_head(plan.arena_bytes)
        return plan

    def _keep_variables(self, offline: Mapping[tuple[int, int], int]) -> None:
        """AllocateVariables: state that outlives an inference lies in the tail."""
        for number, subgraph in enumerate(self.graph.subgraphs):
            for tensor in subgraph.tensors:
                if tensor.is_variable and (number, tensor.index) not in offline:
                    self.arena.persistent(tensor.bytes, BUFFER_ALIGNMENT, Kind.VARIABLES)

    def _keep_inputs_and_outputs(self) -> None:
        """The end of AllocateTensors: an array of pointers and a TfLiteTensor each."""
        for tensors in (self.graph.input_tensors, self.graph.output_tensors):
            self.arena.persistent(len(tensors) * self.abi.pointer, BUFFER_ALIGNMENT, Kind.INTERFACE)
            for tensor in tensors:
                for size, alignment in tensor_structs(tensor, self.abi):
                    self.arena.persistent(size, alignment, Kind.INTERFACE)


def _no_rule(node: Node) -> NotSupported:
    """Why nobody can tell what memory an operator takes."""
    name = node.operator.name
    if name in NOT_HERE:
        what, to_do = NOT_HERE[name]
        return NotSupported(what, where=node.where, to_do=to_do)
    if node.operator.is_custom:
        return NotSupported(
            f"{name} is a custom operator that TensorFlow Lite Micro does not bring: what memory its kernel takes is "
            "not known here.",
            where=node.where,
        )
    return NotSupported(
        f"TensorFlow Lite Micro has no kernel for {name}.",
        where=node.where,
        to_do="Change the network's layers so that the converter does not make this operator.",
    )


def _offline_offsets(graph: Graph, tensors: int) -> dict[tuple[int, int], int]:
    """Offsets that a plan stored in the model fixes, by (subgraph, tensor).

    Format: version, subgraph, count, then an int32 a tensor, -1 where TFLM is to plan
    (GetOfflinePlannedOffsets in micro_allocation_info.cc).
    """
    stored = graph.metadata.get(_OFFLINE_PLAN)
    if stored is None:
        return {}
    count = struct.unpack_from("<i", stored, 8)[0] if len(stored) >= 12 else -1
    if count != tensors or len(stored) < 12 + 4 * count:
        raise NotSupported(f"The memory plan stored in the model is not for its {tensors} tensors.")
    offsets = iter(struct.unpack_from(f"<{count}i", stored, 12))
    places = [(number, tensor.index) for number, subgraph in enumerate(graph.subgraphs) for tensor in subgraph.tensors]
    fixed = {place: offset for place, offset in zip(places, offsets, strict=True) if offset != -1}
    for (number, index), offset in fixed.items():
        if offset < 0 or offset % BUFFER_ALIGNMENT:
            raise NotSupported(
                f"The memory plan stored in the model puts a tensor at byte {offset:,}.",
                where=f"subgraph {number}, tensor {index}",
            )
    return fixed


def _planned(alive: Sequence[Lifetime], steps: Sequence[Step], offline: Mapping[tuple[int, int], int]) -> MemoryPlan:
    buffers = [
        greedy.Buffer(
            align_up(buffer.bytes, BUFFER_ALIGNMENT),
            buffer.first_op,
            buffer.last_op,
            None if buffer.tensor is None else offline.get((buffer.subgraph, buffer.tensor)),
        )
        for buffer in alive
    ]
    offsets = greedy.place(buffers)
    placements = tuple(
        Placement(b.name, b.tensor, offset, b.bytes, b.first_op, b.last_op, b.subgraph)
        for b, offset in zip(alive, offsets, strict=True)
    )
    ends = [offset + buffer.bytes for buffer, offset in zip(buffers, offsets, strict=True)]
    arena_bytes = max(ends, default=0)
    peak = min((p.first_op for p, end in zip(placements, ends, strict=True) if end == arena_bytes), default=0)
    live_set_bytes, live_set_op = live_set(placements)
    return MemoryPlan(placements, arena_bytes, max(peak, 0), live_set_bytes, live_set_op, tuple(steps))
