"""What the memory page draws of a variant on a board: blocks, tensors, operators, and how they belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QColor

from workbench.boards import Board
from workbench.errors import NotPossible
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.memory.fit import MemoryReport, report
from workbench.memory.plan import Placement
from workbench.memory.use import MemoryPart, MemoryUse, PartKind
from workbench.operations.fit_advice import fit_advice
from workbench.operations.memory import own_firmware, read_model, variant_buffers
from workbench.project.model import Variant
from workbench.project.store import Project
from workbench.target.estimate import estimate
from workbench.ui import theme
from workbench.ui.widgets.arena_view import Look
from workbench.ui.widgets.memory_map import Block

_SHORT = {
    PartKind.RESERVED: "reserved",
    PartKind.VECTORS: "vector table",
    PartKind.MODEL: "graph and names",
    PartKind.SPARE: "spare arena",
    PartKind.INTERPRETER: "interpreter",
    PartKind.WINDOW: "window",
    PartKind.FEATURES: "features",
    PartKind.FIRMWARE: "your firmware",
}
_KERNELS = {"tflm": "reference", "tflm-cmsis": "cmsis-nn"}


@dataclass(frozen=True)
class OperatorRow:
    """One operator: what it reads from flash, computes, and takes."""

    index: int
    name: str
    shape: tuple[int, ...]
    weight_bytes: int
    macs: int
    seconds: float | None
    placements: frozenset[int]  # indices of its inputs, outputs and scratch in the plan


@dataclass(frozen=True)
class TensorRow:
    """One placement of the plan."""

    index: int
    name: str
    placement: Placement
    shape: tuple[int, ...]


@dataclass(frozen=True)
class MemoryScene:
    """Everything the page shows of one variant on one board with one engine."""

    variant: str
    report: MemoryReport
    operators: tuple[OperatorRow, ...]
    tensors: tuple[TensorRow, ...]
    flash: tuple[Block, ...]
    ram: tuple[Block, ...]
    advice: tuple[str, ...]
    kinds: Mapping[str, int]  # operator kinds in the order they appear: the place of their colour

    def colour_of(self, operator_name: str) -> QColor:
        """The colour of a kind of operator."""
        return theme.series_colour(self.kinds.get(operator_name, 0))

    def looks(self) -> tuple[Look, ...]:
        """How each placement is drawn: in the colour of the operator that makes it."""
        steps = self.report.arena.plan.steps
        looks = []
        for row in self.tensors:
            made_by = row.placement.first_op
            colour = QColor(theme.now().muted) if made_by < 0 else self.colour_of(steps[made_by].name)
            looks.append(Look(row.name, colour, hatched=row.placement.tensor is None))
        return tuple(looks)

    def step_names(self) -> tuple[str, ...]:
        """The operator at each step of the plan."""
        return tuple(step.name for step in self.report.arena.plan.steps)


def make_scene(project: Project, variant: Variant, board: Board, engine: str | None) -> MemoryScene:
    """Read the variant's model and compute its memory; raises NotSupported and BadModel."""
    graph = read_graph(read_model(project.path(variant.model_file)))
    buffers = variant_buffers(project, variant, board)
    firmware = own_firmware(project)
    memory = report(graph, board, engine, buffers=buffers, firmware=firmware)
    kinds = {name: place for place, name in enumerate(dict.fromkeys(memory.operators))}
    return MemoryScene(
        variant=variant.name,
        report=memory,
        operators=_operators(graph, memory, board),
        tensors=_tensors(graph, memory),
        flash=_flash_blocks(graph, memory.flash),
        ram=tuple(_block(number, part) for number, part in enumerate(memory.ram.parts)),
        advice=fit_advice(graph, memory, board, buffers, firmware),
        kinds=kinds,
    )


def short_name(name: str) -> str:
    """The telling end of a tensor's name: ``sequential/conv2d/Relu;…`` becomes ``conv2d/Relu``."""
    first = name.split(";", maxsplit=1)[0].removesuffix(":0")
    return "/".join(first.split("/")[-2:]) or name


def _operators(graph: Graph, memory: MemoryReport, board: Board) -> tuple[OperatorRow, ...]:
    main = graph.main
    try:
        costs = {row.op_index: row for row in estimate(graph, board, _KERNELS[memory.engine]).per_operator}
    except NotPossible:  # no such kernels for this core: the memory is known all the same
        costs = {}
    rows = []
    for operator in main.operators:
        constants = [main.tensors[i] for i in operator.inputs if i >= 0 and main.tensors[i].is_constant]
        own = {*operator.inputs, *operator.outputs}
        steps = [
            number
            for number, step in enumerate(memory.arena.plan.steps)
            if step.subgraph == 0 and step.operator == operator.index
        ]
        placements = frozenset(
            number
            for number, placement in enumerate(memory.arena.plan.placements)
            if (placement.subgraph == 0 and placement.tensor in own)
            or (placement.tensor is None and any(placement.alive_at(step) for step in steps))
        )
        cost = costs.get(operator.index)
        rows.append(
            OperatorRow(
                index=operator.index,
                name=operator.name,
                shape=main.tensors[operator.outputs[0]].shape if operator.outputs else (),
                weight_bytes=sum(len(tensor.data or b"") for tensor in constants),
                macs=cost.macs if cost else 0,
                seconds=cost.cycles / board.core.clock_hz if cost else None,
                placements=placements,
            )
        )
    return tuple(rows)


def _tensors(graph: Graph, memory: MemoryReport) -> tuple[TensorRow, ...]:
    rows = []
    for number, placement in enumerate(memory.arena.plan.placements):
        shape: tuple[int, ...] = ()
        if placement.tensor is not None:
            shape = graph.subgraphs[placement.subgraph].tensors[placement.tensor].shape
        name = short_name(placement.name)
        if placement.subgraph == 0 and placement.tensor in graph.main.inputs:
            name = "input"
        elif placement.subgraph == 0 and placement.tensor in graph.main.outputs:
            name = "output"
        rows.append(TensorRow(number, name, placement, shape))
    return tuple(rows)


def _flash_blocks(graph: Graph, use: MemoryUse) -> tuple[Block, ...]:
    """Flash from low to high addresses, the weights a block an operator."""
    main = graph.main
    blocks, seen = [], set()
    layers: list[Block] = []
    for operator in main.operators:
        size = 0
        for index in operator.inputs:
            tensor = main.tensors[index] if index >= 0 else None
            if tensor is not None and tensor.data is not None and tensor.buffer not in seen:
                seen.add(tensor.buffer)
                size += len(tensor.data)
        if size:
            name = f"{operator.index} {operator.name}"
            layers.append(Block(operator_key(operator.index), name, "weights", size, detail=f"weights of {name}"))
    others = use.of_kind(PartKind.WEIGHTS) - sum(block.bytes for block in layers)
    if others:
        layers.append(Block("weights:others", "other constants", "weights", others))
    for number, part in enumerate(use.parts):
        if part.kind is not PartKind.WEIGHTS:
            blocks.append(_block(number, part))
        elif layers:
            blocks += layers
            layers = []
    return tuple(blocks)


def _block(number: int, part: MemoryPart) -> Block:
    name = _SHORT.get(part.kind, part.name)
    if part.kind is PartKind.CODE:
        name = part.name.replace("TensorFlow Lite Micro", "TFLM core").replace(" kernel", " code")
    return Block(f"{part.kind}:{number}", name, part.kind, part.bytes, part.exact, detail=part.name)


def operator_key(index: int) -> str:
    """The key of the block that holds an operator's weights."""
    return f"op:{index}"
