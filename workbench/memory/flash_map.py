"""Flash by part: code, each tensor's weights, the rest of the model file, and what the board keeps for itself.

TensorFlow Lite Micro reads the model file in place, so all of the file lies in flash beside the code.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.boards import Board
from workbench.graph.model import Graph
from workbench.memory.budget import Firmware
from workbench.memory.code_size import code_size
from workbench.memory.tflm.node import KernelSet
from workbench.memory.use import MemoryPart, MemoryUse, PartKind

# 16 exceptions of the core and about 50 interrupts, 4 bytes each; the chip decides how many.
_VECTOR_TABLE_BYTES = 264


def flash_use(graph: Graph, board: Board, kernels: KernelSet, firmware: Firmware | None = None) -> MemoryUse:
    """What a model takes of the board's flash with TensorFlow Lite Micro."""
    code = code_size(graph.operator_names, cmsis_nn=kernels.cmsis_nn)
    weights = weight_parts(graph)
    rest = graph.bytes - graph.string_bytes - sum(part.bytes for part in weights)
    return on_board(
        board,
        firmware,
        (
            *(MemoryPart(name, PartKind.CODE, size, exact=False) for name, size in code.parts),
            *weights,
            MemoryPart("model's graph", PartKind.MODEL, rest),
            MemoryPart("model's names", PartKind.STRINGS, graph.string_bytes),
        ),
        band=(code.low - code.total, code.high - code.total),
        note=(
            f"code estimated at -Os with error strings stripped; with them it takes about "
            f"{code.with_strings - code.total:,} bytes more"
        ),
    )


def on_board(
    board: Board, firmware: Firmware | None, model: Sequence[MemoryPart], *, band: tuple[int, int], note: str
) -> MemoryUse:
    """The model's parts of flash between what the board and the user's own firmware take.

    ``band`` is how many bytes it may be less (negative) and more.
    """
    parts = (
        MemoryPart("reserved by the board", PartKind.RESERVED, board.reserved_flash_bytes),
        MemoryPart("vector table", PartKind.VECTORS, _VECTOR_TABLE_BYTES, exact=False),
        *model,
        MemoryPart("your own firmware", PartKind.FIRMWARE, (firmware or Firmware()).flash_bytes),
    )
    present = tuple(part for part in parts if part.bytes)
    used = sum(part.bytes for part in present)
    return MemoryUse(present, board.flash_bytes, low=used + band[0], high=used + band[1], note=note)


def weight_parts(graph: Graph) -> tuple[MemoryPart, ...]:
    """Every stored tensor with its bytes in the file, once where tensors share a buffer, in file order."""
    readers = _readers(graph)
    seen: set[int] = set()
    parts = []
    for subgraph in graph.subgraphs:
        for tensor in subgraph.tensors:
            if tensor.data is not None and tensor.buffer not in seen:
                seen.add(tensor.buffer)
                reader = readers.get(tensor.buffer)
                parts.append(MemoryPart(tensor.name, PartKind.WEIGHTS, len(tensor.data), operator=reader))
    return tuple(parts)


def _readers(graph: Graph) -> dict[int, tuple[int, int]]:
    """The first (subgraph, operator) that reads each buffer of the file."""
    readers: dict[int, tuple[int, int]] = {}
    for number, subgraph in enumerate(graph.subgraphs):
        for operator in subgraph.operators:
            for index in operator.inputs:
                if index >= 0:
                    readers.setdefault(subgraph.tensors[index].buffer, (number, operator.index))
    return readers
