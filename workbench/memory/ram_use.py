"""RAM by part: arena, interpreter, stack, the window of samples, and what the board keeps for itself."""

from __future__ import annotations

from workbench.boards import Board
from workbench.graph.model import Graph
from workbench.memory.budget import SPARE_ARENA_BYTES, Buffers, Firmware
from workbench.memory.tflm_arena import ArenaEstimate
from workbench.memory.use import MemoryPart, MemoryUse, PartKind

# The interpreter's own object, and each operator's registration in the resolver: measured on a Cortex-M.
_INTERPRETER_BYTES = 208
_REGISTRATION_BYTES = 36

# Not measured: what people reserve. Kernels keep little on the stack, printing floats a good kilobyte.
_STACK_BYTES, _STACK_LOW, _STACK_HIGH = 4096, 2048, 8192


def ram_use(
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
    buffers, firmware = buffers or Buffers(), firmware or Firmware()
    interpreter = _INTERPRETER_BYTES + _REGISTRATION_BYTES * len(graph.operator_names)
    parts = (
        MemoryPart("reserved by the board", PartKind.RESERVED, board.reserved_ram_bytes),
        MemoryPart("arena", PartKind.ARENA, arena.required, exact=measured_core),
        MemoryPart("spare arena in the sketch", PartKind.SPARE, SPARE_ARENA_BYTES),
        MemoryPart("interpreter and resolver", PartKind.INTERPRETER, interpreter),
        MemoryPart("window of samples", PartKind.WINDOW, buffers.window_bytes),
        MemoryPart("feature computation", PartKind.FEATURES, buffers.feature_bytes),
        MemoryPart("your own firmware", PartKind.FIRMWARE, firmware.ram_bytes),
        MemoryPart("stack", PartKind.STACK, _STACK_BYTES, exact=False),
    )
    present = tuple(part for part in parts if part.bytes)
    used = sum(part.bytes for part in present)
    return MemoryUse(
        parts=present,
        limit=board.ram_bytes,
        low=used - _STACK_BYTES + _STACK_LOW,
        high=used - _STACK_BYTES + _STACK_HIGH,
        note=f"the stack is estimated at {_STACK_BYTES:,} bytes"
        + ("" if measured_core else "; the arena is for reference kernels, and was checked on Cortex-M cores alone"),
    )
