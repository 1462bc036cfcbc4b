"""What the memory page draws of a variant on a board: blocks, tensors, operators, and how they belong together.

``memory_rows.py`` makes it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QColor

from workbench.graph.model import Graph, Tensor
from workbench.memory.fit import ArenaReport, MemoryReport
from workbench.memory.plan import Overlap, Placement, Step
from workbench.quantities import THIN_SPACE, kilobytes, short_bytes
from workbench.ui import theme
from workbench.ui.widgets.arena_picture import ArenaDrawing, Level, Look, Tone
from workbench.ui.widgets.graph_view import GraphLine, GraphNode
from workbench.ui.widgets.memory_map import Block


@dataclass(frozen=True)
class OperatorRow:
    """One operator: what it reads from flash, computes, and takes.

    ``code`` is the part of flash that its kernel is in. ``seconds`` is None when nobody knows; ``time_note`` says how
    it is known, or why not. ``order`` is how a kernel of the plain-C engine walks through its tensors.
    """

    subgraph: int
    index: int
    name: str
    shape: tuple[int, ...]
    weight_bytes: int
    code: str
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
    """Everything the page shows of one variant on one board with one engine.

    ``operators`` are those of each subgraph; the plan, and with it the arena picture, is of all of them.
    """

    variant: str
    report: MemoryReport
    operators: tuple[tuple[OperatorRow, ...], ...]
    tensors: tuple[TensorRow, ...]
    flash: tuple[Block, ...]
    ram: tuple[Block, ...]
    advice: tuple[str, ...]
    kinds: Mapping[str, int]  # operator kinds in the order they appear: the place of their colour
    graph: Graph
    tflm: ArenaReport | None  # what TensorFlow Lite Micro would take, where the engine is another
    overlaps: tuple[Overlap, ...] = ()  # of placements in the plan; only plain C has some

    def colour_of(self, operator_name: str) -> QColor:
        """The colour of a kind of operator; that of no kind for the entry of a subgraph."""
        kind = self.kinds.get(operator_name)
        return QColor(theme.now().muted) if kind is None else theme.series_colour(kind)

    def subgraph_titles(self) -> tuple[str, ...]:
        """What each subgraph is called where one is chosen."""
        return tuple(
            f"{number}  {subgraph.name or ('main' if number == 0 else 'subgraph')}, {len(subgraph.operators)} operators"
            for number, subgraph in enumerate(self.graph.subgraphs)
        )

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
        return ArenaDrawing(plan, self.looks(), tuple(step.name for step in plan.steps), self.overlaps, self._levels())

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
            Level(size, f"{' = '.join(words)} {short_bytes(size)}", bounds.get(size, Tone.OTHER))
            for size, words in heights.items()
        )

    def network(self, subgraph: int = 0) -> tuple[list[GraphNode], list[GraphLine]]:
        """A subgraph as nodes and lines: its inputs, the operators, its outputs."""
        shown, muted = self.graph.subgraphs[subgraph], QColor(theme.now().muted)

        def end(tensor: Tensor, title: str) -> GraphNode:
            return GraphNode(-1, title, _inner(tensor.shape), short_bytes(tensor.bytes), tensor.name, muted)

        nodes = [end(tensor, "input") for tensor in shown.input_tensors]
        maker = {index: place for place, index in enumerate(shown.inputs)}
        largest = max((tensor.bytes for tensor in shown.tensors if not tensor.is_constant), default=1) or 1
        lines: list[GraphLine] = []

        def join(index: int, target: int) -> None:
            if index in maker:
                lines.append(GraphLine(maker[index], target, shown.tensors[index].bytes / largest))

        for row, operator in zip(self.operators[subgraph], shown.operators, strict=True):
            for index in dict.fromkeys(operator.inputs):
                join(index, len(nodes))
            made = [index for index in operator.outputs if index >= 0]
            maker |= dict.fromkeys(made, len(nodes))
            size = sum(shown.tensors[index].bytes for index in made)
            tip = f"{row.index}  {row.name}\n{shape_words(row.shape)}\n{row.weight_bytes:,} bytes of weights"
            title, colour = f"{row.index}  {row.name}", self.colour_of(row.name)
            nodes.append(GraphNode(row.index, title, _inner(row.shape), short_bytes(size), tip, colour))
        for index, tensor in zip(shown.outputs, shown.output_tensors, strict=True):
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

    def step_of(self, subgraph: int, operator: int) -> int:
        """The first step at which an operator runs, -1 for none."""
        steps = self.report.arena.plan.steps
        return next((i for i, step in enumerate(steps) if (step.subgraph, step.operator) == (subgraph, operator)), -1)

    def step_at(self, step: int) -> Step | None:
        """What happens at a step; None before the first."""
        steps = self.report.arena.plan.steps
        return steps[step] if 0 <= step < len(steps) else None


def shape_words(shape: tuple[int, ...]) -> str:
    """A shape with crosses between its sizes."""
    return f"{THIN_SPACE}×{THIN_SPACE}".join(str(size) for size in shape)


def _inner(shape: tuple[int, ...]) -> str:
    """A shape without its batch of one, which every tensor has."""
    return shape_words(shape[1:] if len(shape) > 1 and shape[0] == 1 else shape)


def operator_key(subgraph: int, index: int) -> str:
    """The key of the block that holds an operator's weights."""
    return f"op:{subgraph}:{index}"


def operator_of(key: str) -> tuple[int, int] | None:
    """The (subgraph, operator) whose weights a block holds; None for another block."""
    head, *rest = key.split(":")
    return (int(rest[0]), int(rest[1])) if head == "op" else None
