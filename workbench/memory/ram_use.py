"""RAM by part: arena, interpreter, stack, the window of samples, and what the board keeps for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.boards import Board, MemoryRegion
from workbench.graph.model import Graph
from workbench.memory.budget import SPARE_ARENA_BYTES, Buffers, Firmware
from workbench.memory.plain_c.compiled import Compiled
from workbench.memory.tflm_arena import ArenaEstimate
from workbench.memory.use import MemoryPart, MemoryUse, PartKind, RegionUse

# The interpreter's own object, and each operator's registration in the resolver: measured on a Cortex-M.
_INTERPRETER_BYTES = 208
_REGISTRATION_BYTES = 36


@dataclass(frozen=True)
class Stack:
    """Bytes of stack that are reserved, and how many may do and may be needed."""

    bytes: int
    low: int
    high: int


# Not measured: what people reserve. Kernels keep little on the stack, printing floats a good kilobyte.
TFLM_STACK = Stack(4096, 2048, 8192)
_CALLER_STACK = 512  # of a main loop and an interrupt that call the network
PLAIN_C_STACK = Stack(1024, 140 + _CALLER_STACK, 2048)  # networks were seen to take 140 to 312 bytes


def tflm_ram(
    graph: Graph,
    arena: ArenaEstimate,
    board: Board,
    buffers: Buffers | None = None,
    firmware: Firmware | None = None,
    *,
    measured_core: bool = True,
) -> MemoryUse:
    """What a model takes of the board's RAM with TensorFlow Lite Micro.

    On a core that is not ``measured_core`` (no Arm Cortex-M), the arena is an estimate too: kernels made for such a
    core may keep more.
    """
    interpreter = _INTERPRETER_BYTES + _REGISTRATION_BYTES * len(graph.operator_names)
    engine = (
        MemoryPart("arena", PartKind.ARENA, arena.required, exact=measured_core),
        MemoryPart("spare arena in the sketch", PartKind.SPARE, SPARE_ARENA_BYTES),
        MemoryPart("interpreter and resolver", PartKind.INTERPRETER, interpreter),
    )
    note = "" if measured_core else "the arena is for reference kernels, and was checked on Cortex-M cores alone"
    return _on_board(board, engine, TFLM_STACK, buffers=buffers, firmware=firmware, note=note)


def plain_c_ram(
    arena_bytes: int,
    board: Board,
    buffers: Buffers | None = None,
    firmware: Firmware | None = None,
    compiled: Compiled | None = None,
) -> MemoryUse:
    """What a model takes of the board's RAM as plain C: its arena and stack, and variables where it has some.

    The stack of a ``compiled`` network was seen; what calls it takes some more, so room for that stays reserved.
    """
    engine = [MemoryPart("arena", PartKind.ARENA, arena_bytes)]
    if compiled is None:
        return _on_board(board, engine, PLAIN_C_STACK, buffers=buffers, firmware=firmware)
    engine.append(MemoryPart("variables", PartKind.INTERPRETER, compiled.static))
    stack = Stack(compiled.stack + _CALLER_STACK, compiled.stack, compiled.stack + 2 * _CALLER_STACK)
    note = f"{compiled.stack:,} of them by the network, seen in the emulator"
    return _on_board(board, engine, stack, buffers=buffers, firmware=firmware, note=note)


def _on_board(
    board: Board,
    engine: Sequence[MemoryPart],
    stack: Stack,
    *,
    buffers: Buffers | None,
    firmware: Firmware | None,
    note: str = "",
) -> MemoryUse:
    """The engine's parts between what the board, the application and the user's own firmware take."""
    buffers, firmware = buffers or Buffers(), firmware or Firmware()
    made_of, others = ram_regions(board)
    # Camera drivers take RAM outside the microcontroller where there is some, and the heap's where there is none.
    outside = next((region for region in others if region.external), None)
    frame = MemoryPart("camera's frame buffer", PartKind.FRAME, buffers.frame_bytes)
    parts = (
        MemoryPart("reserved by the board", PartKind.RESERVED, board.reserved_ram_bytes),
        *engine,
        MemoryPart("window of samples", PartKind.WINDOW, buffers.window_bytes),
        MemoryPart("feature computation", PartKind.FEATURES, buffers.feature_bytes),
        *(() if outside else (frame,)),
        MemoryPart("your own firmware", PartKind.FIRMWARE, firmware.ram_bytes),
        MemoryPart("stack", PartKind.STACK, stack.bytes, exact=False),
    )
    present = tuple(part for part in parts if part.bytes)
    used = sum(part.bytes for part in present)
    return MemoryUse(
        parts=present,
        limit=board.ram_bytes,
        low=used - stack.bytes + stack.low,
        high=used - stack.bytes + stack.high,
        note=f"the stack is estimated at {stack.bytes:,} bytes" + (f"; {note}" if note else ""),
        made_of=made_of,
        elsewhere=tuple(RegionUse(region, (frame,) if region is outside and frame.bytes else ()) for region in others),
    )


def ram_regions(board: Board) -> tuple[tuple[MemoryRegion, ...], tuple[MemoryRegion, ...]]:
    """The adjoining regions that make up the RAM for data, stack and arena, and the regions at other addresses.

    An arena lies in one piece, so it must fit the first kind together, which is ``ram_bytes``: a board's file lists
    these regions first. Of a board whose regions do not add up to it, the piece is one nameless region.
    """
    together = 0
    for count, region in enumerate(board.regions, start=1):
        together += region.bytes
        if together == board.ram_bytes:
            return board.regions[:count], board.regions[count:]
    return (MemoryRegion("RAM", board.ram_bytes),), ()
