"""What a model takes on a board, part by part, against what the board has."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.boards import Board
from workbench.errors import NotSupported
from workbench.figures import Source
from workbench.graph.model import Graph
from workbench.memory.budget import Buffers, Firmware
from workbench.memory.flash_map import flash_use
from workbench.memory.plain_c.compiled import Compiled
from workbench.memory.plain_c.flash import compiled_flash, plain_c_flash
from workbench.memory.plain_c.plan import plan_plain_c
from workbench.memory.plain_c.prove import check_plain_c
from workbench.memory.plan import MemoryPlan
from workbench.memory.ram_use import plain_c_ram, tflm_ram
from workbench.memory.tflm.abi import CORTEX_M, GENERIC_32
from workbench.memory.tflm.node import KernelSet
from workbench.memory.tflm_arena import ArenaEstimate, tflm_arena
from workbench.memory.use import MemoryPart, MemoryUse, PartKind
from workbench.memory.verify import check_plan

# Engine names of the command line and the window. TensorFlow Lite Micro's: whether the kernels are CMSIS-NN's.
PLAIN_C = "c"
TFLM_ENGINES: Mapping[str, bool] = {"tflm": False, "tflm-cmsis": True}
ENGINES = (PLAIN_C, *TFLM_ENGINES)

_OTHER_FLASH = (PartKind.MODEL, PartKind.STRINGS, PartKind.RESERVED, PartKind.FIRMWARE)


@dataclass(frozen=True)
class KernelMemory:
    """What one operator's kernel takes of the arena: bytes it keeps, and bytes of scratch while it runs.

    ``order`` says how a kernel of the plain-C engine walks through its tensors.
    """

    subgraph: int
    operator: int
    name: str
    kept: int
    scratch: int
    order: str = ""


@dataclass(frozen=True)
class ArenaReport:
    """The arena, in bytes.

    ``used`` is what TensorFlow Lite Micro's ``arena_used_bytes()`` prints on the board, ``required`` the smallest arena
    that works, ``planned`` its part with tensors and scratch buffers; as plain C all three are one. ``live_set`` is the
    largest sum of buffers alive at once, ``lower_bound`` what no plan for this engine can be smaller than: the live set
    where buffers may not overlap, less where they may.
    ``by_kind`` says how many bytes of ``used`` each kind of allocation beside the plan takes, ``kernels`` how much each
    operator takes of both.
    """

    used: int
    required: int
    planned: int
    live_set: int
    lower_bound: int
    by_kind: Mapping[str, int]
    kernels: tuple[KernelMemory, ...]
    plan: MemoryPlan


@dataclass(frozen=True)
class MemoryReport:
    """All of a model's memory on one board with one engine.

    ``source`` says how code, constants and stack are known: estimated, or those of a program that was compiled.
    """

    board: str
    engine: str
    arena: ArenaReport
    flash: MemoryUse
    ram: MemoryUse
    source: Source = Source.ESTIMATED

    @property
    def fits(self) -> bool:
        return self.flash.fits and self.ram.fits

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries for JSON; all sizes in bytes."""
        return {
            "board": self.board,
            "engine": self.engine,
            "source": str(self.source),
            "arena": _arena_json(self.arena),
            "flash": {
                "code": self.flash.of_kind(PartKind.CODE, PartKind.VECTORS),
                "weights": self.flash.of_kind(PartKind.WEIGHTS),
                "other": self.flash.of_kind(*_OTHER_FLASH),
                "total": self.flash.used,
                **_use_json(self.flash),
            },
            "ram": {"total": self.ram.used, **_use_json(self.ram), **_regions_json(self.ram)},
            "fits": self.fits,
        }


def report(
    graph: Graph,
    board: Board,
    engine: str | None = None,
    *,
    buffers: Buffers | None = None,
    firmware: Firmware | None = None,
    compiled: Compiled | None = None,
    arena: ArenaReport | None = None,
    for_size: bool = False,
) -> MemoryReport:
    """A model's memory on a board; ``engine`` is one of ENGINES, the board's usual one when None.

    ``compiled`` is what this very model takes as plain C, once it was compiled; until then, ``for_size`` says that it
    is made for the least flash. Other engines look at neither.
    ``arena`` is that of a report on another board: as plain C it is the same on all of them, and need not be planned
    again.

    Raises NotSupported when the engine cannot run the model, or not on this board.
    """
    if not board.programmable:
        raise NotSupported(f"{board.name} runs no such models: {board.why_not}")
    engine = engine or usual_engine(board)
    if engine not in ENGINES:
        raise NotSupported(f"There is no engine {engine!r}.", to_do=f"Choose one of: {', '.join(ENGINES)}.")
    if engine not in engines_for(board):
        raise NotSupported(
            f"CMSIS-NN's kernels are for Arm cores, and {board.name} has another.",
            to_do=f"Choose one of: {', '.join(engines_for(board))}.",
        )
    if engine == PLAIN_C:
        planned = arena or _plain_c_arena(graph)
        flash = (
            compiled_flash(graph, board, compiled, firmware)
            if compiled
            else plain_c_flash(graph, board, firmware, for_size=for_size)
        )
        ram_arena = compiled.arena if compiled else planned.required
        return MemoryReport(
            board=board.id,
            engine=engine,
            arena=planned,
            flash=flash,
            ram=plain_c_ram(ram_arena, board, buffers, firmware, compiled),
            source=Source.COMPILED if compiled else Source.ESTIMATED,
        )
    kernels = kernel_set(board, engine)
    # Elsewhere than on Arm, compilers give an enumeration four bytes.
    estimate = tflm_arena(graph, kernels, CORTEX_M if _is_arm(board) else GENERIC_32)
    check_plan(estimate.plan, graph)
    return MemoryReport(
        board=board.id,
        engine=engine,
        arena=_arena_report(estimate, graph),
        flash=flash_use(graph, board, kernels, firmware),
        ram=tflm_ram(graph, estimate, board, buffers, firmware, measured_core=_is_arm(board)),
    )


def _plain_c_arena(graph: Graph) -> ArenaReport:
    """Planned and proven."""
    found = plan_plain_c(graph)
    check_plain_c(found, graph)
    plan = found.plan
    return ArenaReport(
        used=plan.arena_bytes,
        required=plan.arena_bytes,
        planned=plan.arena_bytes,
        live_set=plan.live_set_bytes,
        lower_bound=found.lower_bound_bytes,
        by_kind={},
        kernels=tuple(
            KernelMemory(0, operator, step.name, 0, access.scratch_bytes, access.in_words)
            for operator, step, access in zip(found.order, plan.steps, found.accesses, strict=True)
        ),
        plan=plan,
    )


def usual_engine(board: Board) -> str:
    """CMSIS-NN's kernels exist for Arm cores only."""
    return "tflm-cmsis" if _is_arm(board) else "tflm"


def engines_for(board: Board) -> tuple[str, ...]:
    """The engines that a board's core can run."""
    return tuple(engine for engine in ENGINES if _is_arm(board) or not TFLM_ENGINES.get(engine, False))


def kernel_set(board: Board, engine: str) -> KernelSet:
    """The kernels of an engine as built for a board's core."""
    return KernelSet(cmsis_nn=TFLM_ENGINES[engine], dsp=board.core.dsp, mve=board.core.mve)


def _is_arm(board: Board) -> bool:
    return board.core.name.startswith("cortex-m")


def _arena_report(arena: ArenaEstimate, graph: Graph) -> ArenaReport:
    scratch: dict[tuple[int, int], int] = {}
    for request in arena.scratch:
        place = (request.subgraph, request.operator)
        scratch[place] = scratch.get(place, 0) + request.bytes
    return ArenaReport(
        used=arena.used,
        required=arena.required,
        planned=arena.planned,
        live_set=arena.plan.live_set_bytes,
        lower_bound=arena.plan.live_set_bytes,
        by_kind={str(kind): size for kind, size in arena.by_kind.items() if size},
        kernels=tuple(
            KernelMemory(
                subgraph,
                operator,
                graph.subgraphs[subgraph].operators[operator].name,
                kept,
                scratch.get((subgraph, operator), 0),
            )
            for subgraph, operator, kept in arena.kernel_data
        ),
        plan=arena.plan,
    )


def _arena_json(arena: ArenaReport) -> dict[str, Any]:
    return {
        "used": arena.used,
        "required": arena.required,
        "planned": arena.planned,
        "live_set": arena.live_set,
        "lower_bound": arena.lower_bound,
        "live_set_op": arena.plan.live_set_op,
        "peak_op": arena.plan.peak_op,
        "steps": [
            {"subgraph": step.subgraph, "operator": step.operator, "name": step.name} for step in arena.plan.steps
        ],
        "tail": dict(arena.by_kind),
        "kernels": [dataclasses.asdict(kernel) for kernel in arena.kernels],
        "tensors": [
            {
                "name": placement.name,
                "tensor": placement.tensor,
                "subgraph": placement.subgraph,
                "offset": placement.offset,
                "bytes": placement.bytes,
                "first_op": max(placement.first_op, 0) if placement.last_op >= 0 else placement.first_op,
                "last_op": placement.last_op,
                "reshaped": list(placement.reshaped),
            }
            for placement in arena.plan.placements
        ],
    }


def _use_json(use: MemoryUse) -> dict[str, Any]:
    return {
        "limit": use.limit,
        "low": use.low,
        "high": use.high,
        "note": use.note,
        "parts": [_part_json(part) for part in use.parts],
    }


def _regions_json(use: MemoryUse) -> dict[str, Any]:
    """Regions that adjoin and hold the parts, and those at other addresses with what is put there."""
    return {
        "made_of": [dataclasses.asdict(region) for region in use.made_of],
        "elsewhere": [
            {**dataclasses.asdict(other.region), "used": other.used, "parts": [_part_json(p) for p in other.parts]}
            for other in use.elsewhere
        ],
    }


def _part_json(part: MemoryPart) -> dict[str, Any]:
    plain = {"name": part.name, "kind": str(part.kind), "bytes": part.bytes, "exact": part.exact}
    return plain if part.operator is None else {**plain, "subgraph": part.operator[0], "operator": part.operator[1]}
