"""What the memory page draws of a variant on a board: blocks, tensors, operators, and how they belong together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtGui import QColor

from workbench.boards import Board
from workbench.errors import NotPossible
from workbench.graph.model import Graph, Tensor
from workbench.graph.read import read_graph
from workbench.memory.fit import PLAIN_C, ArenaReport, MemoryReport, report, usual_engine
from workbench.memory.plan import Overlap, Placement, overlaps
from workbench.memory.use import MemoryPart, MemoryUse, PartKind
from workbench.operations.fit_advice import fit_advice
from workbench.operations.memory import own_firmware, read_model, variant_buffers
from workbench.project.model import Variant
from workbench.project.store import Project
from workbench.quantities import THIN_SPACE, kilobytes
from workbench.target.cost import count_operations
from workbench.target.estimate import estimate
from workbench.ui import theme
from workbench.ui.widgets.arena_picture import ArenaDrawing, Level, Look, Tone
from workbench.ui.widgets.graph_view import GraphLine, GraphNode
from workbench.ui.widgets.memory_map import Block

_SHORT = {
    PartKind.RESERVED: "reserved",
    PartKind.VECTORS: "vector table",
    PartKind.MODEL: "graph",
    PartKind.STRINGS: "names",
    PartKind.SPARE: "spare arena",
    PartKind.INTERPRETER: "interpreter",
    PartKind.WINDOW: "window",
    PartKind.FEATURES: "features",
    PartKind.FRAME: "camera frame",
    PartKind.FIRMWARE: "your firmware",
}
_KERNELS = {"tflm": "reference", "tflm-cmsis": "cmsis-nn"}  # as resources/cores.toml names them
_NO_TIME = "not known: the plain-C kernels have not been counted for this core"


@dataclass(frozen=True)
class OperatorRow:
    """One operator: what it reads from flash, computes, and takes.

    ``seconds`` is None when nobody knows; ``time_note`` says how it is known, or why not. ``order`` is how a kernel of
    the plain-C engine walks through its tensors.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    weight_bytes: int
    macs: int
    seconds: float | None
    placements: frozenset[int]  # indices of its inputs, outputs and scratch in the plan
    time_note: str = ""
    order: str = ""


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
    graph: Graph
    tflm: ArenaReport | None  # what TensorFlow Lite Micro would take, where the engine is another

    def colour_of(self, operator_name: str) -> QColor:
        """The colour of a kind of operator."""
        return theme.series_colour(self.kinds.get(operator_name, 0))

    def looks(self) -> tuple[Look, ...]:
        """How each placement is drawn: in the colour of the operator that makes it."""
        steps = self.report.arena.plan.steps
        looks = []
        for row in self.tensors:
            made_by = row.placement.first_op
            scratch = row.placement.tensor is None
            colour = QColor(theme.now().muted) if made_by < 0 else self.colour_of(steps[made_by].name)
            size = max(1, row.placement.bytes // max(1, math.prod(row.shape)))
            looks.append(Look(row.name, colour, scratch, () if scratch else row.shape, size))
        return tuple(looks)

    def drawing(self) -> ArenaDrawing:
        """The arena picture in the colours of the theme in use."""
        plan = self.report.arena.plan
        return ArenaDrawing(plan, self.looks(), tuple(step.name for step in plan.steps), self._overlaps, self._levels())

    @cached_property
    def _overlaps(self) -> tuple[Overlap, ...]:
        return overlaps(self.report.arena.plan.placements)

    def _levels(self) -> tuple[Level, ...]:
        arena = self.report.arena
        heights: dict[int, list[str]] = {arena.plan.arena_bytes: ["peak"]}
        if self.tflm is not None:
            heights.setdefault(self.tflm.planned, []).append("planned by TFLM")
        heights.setdefault(arena.live_set, []).append("alive at once")
        if arena.lower_bound != arena.live_set:
            heights.setdefault(arena.lower_bound, []).append("no plan below")
        bounds = {arena.lower_bound: Tone.BOUND, arena.plan.arena_bytes: Tone.PEAK}
        return tuple(
            Level(size, f"{' = '.join(words)} {kilobytes(size)}", bounds.get(size, Tone.OTHER))
            for size, words in heights.items()
        )

    def network(self) -> tuple[list[GraphNode], list[GraphLine]]:
        """The main subgraph as nodes and lines: the model's inputs, the operators, the model's outputs."""
        main, muted = self.graph.main, QColor(theme.now().muted)

        def end(tensor: Tensor, title: str) -> GraphNode:
            return GraphNode(-1, title, _inner(tensor.shape), kilobytes(tensor.bytes), tensor.name, muted)

        nodes = [end(tensor, "input") for tensor in main.input_tensors]
        maker = {index: place for place, index in enumerate(main.inputs)}
        largest = max((tensor.bytes for tensor in main.tensors if not tensor.is_constant), default=1) or 1
        lines: list[GraphLine] = []

        def join(index: int, target: int) -> None:
            if index in maker:
                lines.append(GraphLine(maker[index], target, main.tensors[index].bytes / largest))

        for row, operator in zip(self.operators, main.operators, strict=True):
            for index in dict.fromkeys(operator.inputs):
                join(index, len(nodes))
            maker |= dict.fromkeys(operator.outputs, len(nodes))
            size = sum(main.tensors[index].bytes for index in operator.outputs)
            tip = f"{row.index}  {row.name}\n{shape_words(row.shape)}\n{row.weight_bytes:,} bytes of weights"
            title, colour = f"{row.index}  {row.name}", self.colour_of(row.name)
            nodes.append(GraphNode(row.index, title, _inner(row.shape), kilobytes(size), tip, colour))
        for index, tensor in zip(main.outputs, main.output_tensors, strict=True):
            join(index, len(nodes))
            nodes.append(end(tensor, "output"))
        return nodes, lines

    def saving(self) -> str:
        """What the better plan saves, in a sentence; empty for TensorFlow Lite Micro's own."""
        if self.tflm is None:
            return ""
        ours, theirs = self.report.arena.required, self.tflm.required
        words = "less" if ours <= theirs else "more"
        return (
            f"Plain C needs an arena of {kilobytes(ours)}, TensorFlow Lite Micro one of {kilobytes(theirs)} with "
            f"{kilobytes(self.tflm.planned)} planned: {kilobytes(abs(theirs - ours))} {words}."
        )

    def step_of(self, operator: int) -> int:
        """The step at which an operator of the main subgraph runs, -1 for none."""
        steps = self.report.arena.plan.steps
        return next((i for i, step in enumerate(steps) if step.subgraph == 0 and step.operator == operator), -1)

    def operator_at(self, step: int) -> int:
        """The operator of the main subgraph that runs at a step, -1 for none."""
        steps = self.report.arena.plan.steps
        found = steps[step] if 0 <= step < len(steps) else None
        return found.operator if found and found.subgraph == 0 and found.operator is not None else -1


def make_scene(project: Project, variant: Variant, board: Board, engine: str | None) -> MemoryScene:
    """Read the variant's model and compute its memory; raises NotSupported and BadModel."""
    graph = read_graph(read_model(project.path(variant.model_file)))
    buffers = variant_buffers(project, variant, board)
    firmware = own_firmware(project)
    memory = report(graph, board, engine, buffers=buffers, firmware=firmware)
    advice = fit_advice(graph, memory, board, buffers, firmware)
    return scene_of(variant.name, graph, memory, board, advice)


def scene_of(name: str, graph: Graph, memory: MemoryReport, board: Board, advice: tuple[str, ...] = ()) -> MemoryScene:
    """What is drawn of a model whose memory is known."""
    kinds = {kind: place for place, kind in enumerate(dict.fromkeys(memory.operators))}
    return MemoryScene(
        variant=name,
        report=memory,
        operators=_operators(graph, memory, board),
        tensors=_tensors(graph, memory),
        flash=_flash_blocks(graph, memory.flash),
        ram=tuple(_block(number, part) for number, part in enumerate(memory.ram.parts)),
        advice=advice,
        kinds=kinds,
        graph=graph,
        tflm=_tflm_arena(graph, memory, board),
    )


def _tflm_arena(graph: Graph, memory: MemoryReport, board: Board) -> ArenaReport | None:
    if memory.engine != PLAIN_C:
        return None
    try:
        return report(graph, board, usual_engine(board)).arena
    except NotPossible:
        return None


def shape_words(shape: tuple[int, ...]) -> str:
    """A shape with crosses between its sizes."""
    return f"{THIN_SPACE}×{THIN_SPACE}".join(str(size) for size in shape)


def _inner(shape: tuple[int, ...]) -> str:
    """A shape without its batch of one, which every tensor has."""
    return shape_words(shape[1:] if len(shape) > 1 and shape[0] == 1 else shape)


def short_name(name: str) -> str:
    """The telling end of a tensor's name: ``sequential/conv2d/Relu;…`` becomes ``conv2d/Relu``."""
    first = name.split(";", maxsplit=1)[0].removesuffix(":0")
    return "/".join(first.split("/")[-2:]) or name


def _operators(graph: Graph, memory: MemoryReport, board: Board) -> tuple[OperatorRow, ...]:
    main = graph.main
    macs = {count.op_index: count.macs for count in count_operations(graph)}
    seconds, time_note = _seconds(graph, memory, board)
    orders = {kernel.operator: kernel.order for kernel in memory.arena.kernels if kernel.subgraph == 0}
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
        rows.append(
            OperatorRow(
                index=operator.index,
                name=operator.name,
                shape=main.tensors[operator.outputs[0]].shape if operator.outputs else (),
                weight_bytes=sum(len(tensor.data or b"") for tensor in constants),
                macs=macs.get(operator.index, 0),
                seconds=seconds.get(operator.index),
                placements=placements,
                time_note=time_note,
                order=orders.get(operator.index, ""),
            )
        )
    return tuple(rows)


def _seconds(graph: Graph, memory: MemoryReport, board: Board) -> tuple[dict[int, float], str]:
    """Each operator's time where it is known, and how, or why not."""
    kernels = _KERNELS.get(memory.engine)
    if kernels is None:
        return {}, _NO_TIME
    try:
        rows = estimate(graph, board, kernels).per_operator
    except NotPossible as reason:  # no such kernels for this core: the memory is known all the same
        return {}, f"not known: {reason}"
    return {row.op_index: row.cycles / board.core.clock_hz for row in rows}, "estimated from counted operations"


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
