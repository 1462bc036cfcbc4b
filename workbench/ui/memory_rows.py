"""What a memory scene is made of: rows of operators and tensors, blocks of flash and RAM."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from workbench.boards import Board
from workbench.codegen.generated import Option
from workbench.errors import NotPossible
from workbench.figures import Source
from workbench.graph.model import Graph, Operator, Subgraph
from workbench.memory.fit import PLAIN_C, ArenaReport, MemoryReport, report, usual_engine
from workbench.memory.plain_c.call import Call
from workbench.memory.plain_c.flash import NETWORK, kernel_name
from workbench.memory.plan import overlaps
from workbench.memory.use import MemoryPart, MemoryUse, PartKind
from workbench.operations.fit_advice import fit_advice
from workbench.operations.fit_figures import FitInputs
from workbench.operations.memory import Deployed, deployed, read_model_file
from workbench.operations.operator_times import OperatorTimes, operator_times
from workbench.target.cost import count_operations
from workbench.ui.memory_scene import MemoryScene, OperatorRow, TensorRow, operator_key
from workbench.ui.widgets.memory_map import Block

_SHORT = {
    PartKind.RESERVED: "reserved",
    PartKind.VECTORS: "vector table",
    PartKind.SPARE: "spare arena",
    PartKind.INTERPRETER: "interpreter",
    PartKind.WINDOW: "window",
    PartKind.FEATURES: "features",
    PartKind.FRAME: "camera frame",
    PartKind.FIRMWARE: "your firmware",
}


def compute_scene(inputs: FitInputs) -> MemoryScene:
    """Read the model and compute its memory, in any thread; raises NotSupported and BadModel."""
    model, graph = read_model_file(inputs.model_path)
    board, deployment = inputs.board, inputs.deployment
    run = deployed(
        graph,
        board,
        deployment.engine,
        option=deployment.option,
        model=model,
        buffers=inputs.buffers,
        firmware=inputs.firmware,
    )
    return scene_of(
        inputs.variant.name,
        run,
        board,
        advice=fit_advice(graph, run.memory, board, inputs.buffers, inputs.firmware, option=deployment.option),
        option=deployment.option,
    )


def scene_of(
    name: str,
    run: Deployed,
    board: Board,
    *,
    advice: tuple[str, ...] = (),
    option: str = Option.SPEED.value,
) -> MemoryScene:
    """What is drawn of a model whose memory is known; ``option`` is what plain C is made for."""
    graph, memory = run.graph, run.memory
    return MemoryScene(
        variant=name,
        report=memory,
        operators=tuple(
            _operators(alone, number, memory, operator_times(alone, memory.engine, board, run.verified, option))
            for number, alone in enumerate(_each_alone(graph))
        ),
        tensors=_tensors(graph, memory),
        flash=_flash_blocks(memory.flash, graph),
        ram=tuple(_block(number, part) for number, part in enumerate(memory.ram.parts)),
        advice=advice,
        kinds={kind: place for place, kind in enumerate(graph.operator_names)},
        graph=graph,
        tflm=_tflm_arena(run.given, memory, board),
        overlaps=overlaps(memory.arena.plan.placements) if memory.engine == PLAIN_C else (),
    )


def _tflm_arena(graph: Graph, memory: MemoryReport, board: Board) -> ArenaReport | None:
    """What TensorFlow Lite Micro would take of a model that another engine runs; None where it would not run it."""
    if memory.engine != PLAIN_C:
        return None
    try:
        return report(graph, board, usual_engine(board)).arena
    except NotPossible:
        return None


def short_name(name: str) -> str:
    """The telling end of a tensor's name: ``sequential/conv2d/Relu;…`` becomes ``conv2d/Relu``."""
    first = name.split(";", maxsplit=1)[0].removesuffix(":0")
    return "/".join(first.split("/")[-2:]) or name


def _each_alone(graph: Graph) -> Iterator[Graph]:
    """A graph for each subgraph."""
    return (dataclasses.replace(graph, subgraphs=(subgraph,)) for subgraph in graph.subgraphs)


def _operators(alone: Graph, number: int, memory: MemoryReport, times: OperatorTimes) -> tuple[OperatorRow, ...]:
    """The rows of a subgraph, which is ``number`` in the model."""
    subgraph = alone.main
    macs = {count.op_index: count.macs for count in count_operations(alone)}
    orders = {kernel.operator: kernel.order for kernel in memory.arena.kernels if kernel.subgraph == number}
    placements, weights = _placements(memory, number), memory.flash.weights
    return tuple(
        OperatorRow(
            subgraph=number,
            index=operator.index,
            name=operator.name,
            shape=_shape(subgraph, operator),
            weight_bytes=weights.get((number, operator.index), 0),
            code=_code(operator, subgraph, memory),
            macs=macs.get(operator.index, 0),
            seconds=times.seconds.get(operator.index),
            placements=placements(operator),
            time_note=times.note,
            order=orders.get(operator.index, ""),
        )
        for operator in subgraph.operators
    )


def _code(operator: Operator, subgraph: Subgraph, memory: MemoryReport) -> str:
    """The name of the part of flash that an operator's kernel is in; of compiled code there is but one."""
    if memory.source is Source.COMPILED:
        return NETWORK
    if memory.engine == PLAIN_C and operator.inputs:
        return f"{kernel_name(Call(operator, subgraph))} kernel"
    return f"{operator.name} kernel"


def _shape(subgraph: Subgraph, operator: Operator) -> tuple[int, ...]:
    """The shape of the first output."""
    made = next((index for index in operator.outputs if index >= 0), None)
    return () if made is None else subgraph.tensors[made].shape


def _placements(memory: MemoryReport, number: int) -> Callable[[Operator], frozenset[int]]:
    """A function that gives an operator's inputs, outputs and scratch in the plan."""
    plan = memory.arena.plan
    of_tensor: dict[int | None, list[int]] = {}
    for place, placement in enumerate(plan.placements):
        if placement.subgraph == number:
            of_tensor.setdefault(placement.tensor, []).append(place)
    steps: dict[int | None, list[int]] = {}
    for place, step in enumerate(plan.steps):
        if step.subgraph == number:
            steps.setdefault(step.operator, []).append(place)

    def of(operator: Operator) -> frozenset[int]:
        own = [place for index in {*operator.inputs, *operator.outputs} for place in of_tensor.get(index, ())]
        running = steps.get(operator.index, ())
        scratch = (
            place for place in of_tensor.get(None, ()) if any(plan.placements[place].alive_at(step) for step in running)
        )
        return frozenset([*own, *scratch])

    return of


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


def _flash_blocks(use: MemoryUse, graph: Graph) -> tuple[Block, ...]:
    """Flash from low to high addresses, the weights a block an operator."""
    blocks: list[Block] = []
    layers = [_layer(place, size, graph) for place, size in use.weights.items()]
    for number, part in enumerate(use.parts):
        if part.kind is not PartKind.WEIGHTS:
            blocks.append(_block(number, part))
        elif layers:
            blocks += layers
            layers = []
    return tuple(blocks)


def _layer(place: tuple[int, int] | None, size: int, graph: Graph) -> Block:
    """The weights of an operator, or those that no operator reads."""
    if place is None:
        return Block("weights:others", "other constants", "weights", size)
    subgraph, operator = place
    name = f"{operator} {graph.subgraphs[subgraph].operators[operator].name}"
    return Block(operator_key(subgraph, operator), name, "weights", size, detail=f"weights of {name}")


def _block(number: int, part: MemoryPart) -> Block:
    name = _SHORT.get(part.kind, part.name).removeprefix("model's ")
    if part.kind is PartKind.CODE:
        operator = part.name.removesuffix(" kernel")
        name = f"{operator} code" if operator != part.name else name.replace("TensorFlow Lite Micro", "TFLM core")
    return Block(f"{part.kind}:{number}", name, part.kind, part.bytes, part.exact, detail=part.name)
