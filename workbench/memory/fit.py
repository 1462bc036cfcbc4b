"""What a model takes on a board, part by part, against what the board has."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.boards import Board
from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.memory.budget import Buffers, Firmware
from workbench.memory.flash_map import flash_use
from workbench.memory.plan import MemoryPlan
from workbench.memory.ram_use import ram_use
from workbench.memory.tflm.abi import CORTEX_M, GENERIC_32
from workbench.memory.tflm.node import KernelSet
from workbench.memory.tflm_arena import ArenaEstimate, tflm_arena
from workbench.memory.use import MemoryPart, MemoryUse, PartKind
from workbench.memory.verify import check_plan

# Engine names of the command line and the window: whether the kernels are CMSIS-NN's.
ENGINES: Mapping[str, bool] = {"tflm": False, "tflm-cmsis": True}


@dataclass(frozen=True)
class KernelMemory:
    """What one operator's kernel takes of the arena: bytes it keeps, and bytes of scratch while it runs."""

    subgraph: int
    operator: int
    name: str
    kept: int
    scratch: int


@dataclass(frozen=True)
class ArenaReport:
    """The arena of TensorFlow Lite Micro, in bytes.

    ``used`` is what ``arena_used_bytes()`` prints on the board, ``required`` the smallest arena that works,
    ``planned`` its part with tensors and scratch buffers, ``live_set`` the largest sum of buffers alive at once.
    ``by_kind`` says how many bytes of ``used`` each kind of allocation beside the plan takes, ``kernels`` how much each
    operator takes of both.
    """

    used: int
    required: int
    planned: int
    live_set: int
    by_kind: Mapping[str, int]
    kernels: tuple[KernelMemory, ...]
    plan: MemoryPlan


@dataclass(frozen=True)
class MemoryReport:
    """All of a model's memory on one board with one engine."""

    board: str
    engine: str
    operators: tuple[str, ...]
    arena: ArenaReport
    flash: MemoryUse
    ram: MemoryUse

    @property
    def fits(self) -> bool:
        return self.flash.fits and self.ram.fits

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries for JSON; all sizes in bytes."""
        return {
            "board": self.board,
            "engine": self.engine,
            "arena": _arena_json(self.arena),
            "flash": {
                "code": self.flash.of_kind(PartKind.CODE, PartKind.VECTORS),
                "weights": self.flash.of_kind(PartKind.WEIGHTS),
                "other": self.flash.of_kind(PartKind.MODEL, PartKind.RESERVED, PartKind.FIRMWARE),
                "total": self.flash.used,
                **_use_json(self.flash),
            },
            "ram": {"total": self.ram.used, **_use_json(self.ram)},
            "fits": self.fits,
        }


def report(
    graph: Graph,
    board: Board,
    engine: str | None = None,
    *,
    buffers: Buffers | None = None,
    firmware: Firmware | None = None,
) -> MemoryReport:
    """A model's memory on a board; ``engine`` is one of ENGINES, the board's usual one when None.

    Raises NotSupported when TensorFlow Lite Micro cannot run the model, or not on this board.
    """
    if not board.programmable:
        raise NotSupported(f"{board.name} runs no such models: {board.why_not}", where=board.name)
    engine = engine or usual_engine(board)
    if engine not in ENGINES:
        raise NotSupported(f"There is no engine {engine!r}.", to_do=f"Choose one of: {', '.join(ENGINES)}.")
    kernels = kernel_set(board, engine)
    # Elsewhere than on Arm, compilers give an enumeration four bytes.
    arena = tflm_arena(graph, kernels, CORTEX_M if _is_arm(board) else GENERIC_32)
    check_plan(arena.plan, graph)
    return MemoryReport(
        board=board.id,
        engine=engine,
        operators=tuple(operator.name for operator in graph.main.operators),
        arena=_arena_report(arena, graph),
        flash=flash_use(graph, board, kernels, firmware),
        ram=ram_use(graph, arena, board, buffers, firmware, measured_core=_is_arm(board)),
    )


def usual_engine(board: Board) -> str:
    """CMSIS-NN's kernels exist for Arm cores only."""
    return "tflm-cmsis" if _is_arm(board) else "tflm"


def kernel_set(board: Board, engine: str) -> KernelSet:
    """The kernels of an engine as built for a board's core."""
    return KernelSet(cmsis_nn=ENGINES[engine], dsp=board.core.dsp, mve=board.core.mve)


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
        "live_set_op": arena.plan.live_set_op,
        "peak_op": arena.plan.peak_op,
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


def _part_json(part: MemoryPart) -> dict[str, Any]:
    return {"name": part.name, "kind": str(part.kind), "bytes": part.bytes, "exact": part.exact}
