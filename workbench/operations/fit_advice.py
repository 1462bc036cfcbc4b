"""What it would take to make a model fit that does not."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.boards import Board, load_boards
from workbench.codegen.generated import Option
from workbench.errors import NotPossible
from workbench.graph.model import Graph
from workbench.memory.budget import Buffers, Firmware
from workbench.memory.fit import PLAIN_C, MemoryReport, engines_for, report, usual_engine
from workbench.memory.use import PartKind
from workbench.operations.memory import deployed, deployed_graph
from workbench.quantities import kilobytes

_MOST_BOARDS = 3
_SMALLEST_SAVING = 64  # bytes; less than that is no advice
_ENGINES_IN_WORDS = {"c": "plain C", "tflm": "the reference kernels", "tflm-cmsis": "the CMSIS-NN kernels"}


@dataclass(frozen=True)
class _Beside:
    """What is the same with every engine and board: what else takes RAM and flash, and what plain C is made for."""

    buffers: Buffers | None
    firmware: Firmware | None
    option: str


def fit_advice(
    graph: Graph,
    memory: MemoryReport,
    board: Board,
    buffers: Buffers | None = None,
    firmware: Firmware | None = None,
    *,
    option: str = Option.SPEED.value,
) -> tuple[str, ...]:
    """Sentences with numbers, the most specific first; none when the model fits already.

    ``option`` is what plain C is made for.
    """
    if memory.fits:
        return ()
    said = []
    if memory.ram.free < 0:
        said.append(_about_ram(memory))
    if not memory.flash.fits:
        said.append(_about_flash(graph, memory))
    said += _other_regions(memory)
    beside = _Beside(buffers, firmware, option)
    said += _other_engine(graph, memory, board, beside)
    said.append(_other_boards(graph, memory, beside))
    return tuple(said)


def _about_ram(memory: MemoryReport) -> str:
    """What is alive together where the arena is highest, and how small the arena would have to be."""
    plan = memory.arena.plan
    allowed = memory.arena.required + memory.ram.free
    if allowed <= 0:
        return _about_the_rest(memory)
    alive = sorted(
        (placement for placement in plan.placements if placement.alive_at(plan.live_set_op)),
        key=lambda placement: -placement.bytes,
    )
    step = plan.steps[plan.live_set_op].name if plan.live_set_op >= 0 else "the input"
    largest = " and ".join(kilobytes(placement.bytes) for placement in alive[:2])
    return (
        f"RAM: the arena may take {kilobytes(allowed)} and takes {kilobytes(memory.arena.required)}. It is fullest at "
        f"operator {plan.live_set_op} ({step}), with {largest} alive at once: a shorter window, or fewer filters "
        "there, makes it smaller."
    )


def _about_the_rest(memory: MemoryReport) -> str:
    """What takes RAM beside the arena, where that alone is too much, and whether anything of it can be made smaller."""
    rest = memory.ram.used - memory.arena.required
    said = f"RAM: even without the arena, {kilobytes(rest)} are taken of {kilobytes(memory.ram.limit)}"
    offered = {PartKind.WINDOW: "a shorter window", PartKind.FIRMWARE: "less RAM for your own firmware"}
    offers = [words for kind, words in offered.items() if memory.ram.of_kind(kind)]
    if offers:
        return f"{said}; {' or '.join(offers)} is needed first."
    others = sorted((p for p in memory.ram.parts if p.kind is not PartKind.ARENA), key=lambda part: -part.bytes)
    largest = " and ".join(f"{kilobytes(part.bytes)} of {part.name}" for part in others[:2])
    return f"{said}, {largest} among them: with {_ENGINES_IN_WORDS[memory.engine]} no model fits beside that."


def _about_flash(graph: Graph, memory: MemoryReport) -> str:
    """How small the weights would have to be."""
    weights = memory.flash.of_kind(PartKind.WEIGHTS)
    allowed = weights + memory.flash.free
    if allowed <= 0:
        rest = memory.flash.used - weights
        return (
            f"Flash: even without weights, {kilobytes(rest)} are taken of {kilobytes(memory.flash.limit)}; "
            "an architecture with fewer kinds of operators is needed."
        )
    words = f"Flash: the weights may take {kilobytes(allowed)} and take {kilobytes(weights)}."
    stored = [tensor.dtype for tensor in graph.main.tensors if tensor.is_constant and tensor.bytes]
    if "float32" in stored and "int8" not in stored:
        return f"{words} As int8 they would take about {kilobytes(weights / 4)}."
    return f"{words} Fewer filters or layers make them smaller; zeros from pruning do not."


def _other_regions(memory: MemoryReport) -> list[str]:
    """RAM at other addresses that the arena would fit into."""
    if memory.ram.free >= 0:
        return []
    roomy = [other for other in memory.ram.elsewhere if other.free >= memory.arena.required]
    if not roomy:
        return []
    names = " and ".join(
        f"the {other.region.name} ({kilobytes(other.free)} free{', outside the chip' if other.region.external else ''})"
        for other in roomy
    )
    return [f"The arena would fit {names}, at another address: firmware of your own can place it there."]


def _other_engine(graph: Graph, memory: MemoryReport, board: Board, beside: _Beside) -> list[str]:
    """What the other engines would save."""
    said = []
    for engine in engines_for(board):
        if engine == memory.engine:
            continue
        try:
            other = deployed(graph, board, engine, **vars(beside)).memory
        except NotPossible:
            continue
        flash, ram = memory.flash.used - other.flash.used, memory.ram.used - other.ram.used
        saved = [
            f"{kilobytes(size)} {name}" for size, name in ((flash, "flash"), (ram, "RAM")) if size > _SMALLEST_SAVING
        ]
        if saved:
            fits = " and fit" if other.fits else ""
            words = _ENGINES_IN_WORDS[engine]
            said.append(f"{words[0].upper()}{words[1:]} would save {' and '.join(saved)}{fits}.")
    return said


def _other_boards(graph: Graph, memory: MemoryReport, beside: _Beside) -> str:
    """The smallest boards it would fit as it is: with the same engine where their core has it."""
    fitting = []
    smaller = deployed_graph(graph, memory.engine)
    for board in load_boards().values():
        try:
            engine = memory.engine if memory.engine in engines_for(board) else usual_engine(board)
            if not board.programmable:
                continue
            run, arena = (smaller, memory.arena) if engine == PLAIN_C else (graph, None)
            for_size = beside.option == Option.SIZE.value
            buffers, firmware = beside.buffers, beside.firmware
            other = report(run, board, engine, buffers=buffers, firmware=firmware, arena=arena, for_size=for_size)
        except NotPossible:
            continue
        if other.fits:
            fitting.append(board)
    if not fitting:
        return "As it is, it fits none of the boards."
    fitting.sort(key=lambda board: (board.ram_bytes, board.flash_bytes))
    return f"As it is, it fits: {', '.join(board.name for board in fitting[:_MOST_BOARDS])}."
