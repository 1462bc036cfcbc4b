"""Flash by part of a network as plain C: kernels, weights, constants; no model file and no interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.boards import Board
from workbench.graph.model import Graph, Operator, Subgraph
from workbench.memory.budget import Firmware
from workbench.memory.flash_map import on_board
from workbench.memory.plain_c.call import Call
from workbench.memory.plain_c.compiled import Compiled
from workbench.memory.plain_c.orders.table import FOLLOW_VALUES
from workbench.memory.plain_c.storage import has_code
from workbench.memory.plain_c.weight_coding import CODED, layer_weights, weight_coding
from workbench.memory.use import MemoryPart, MemoryUse, PartKind

# Bytes of a kernel's code for a Cortex-M4 at -O2, as compiled for the reference models; what these lack is judged from
# them. What both kinds of convolution call, 1,028 bytes, is counted in halves.
_POINTWISE = "CONV_2D 1x1"
_KERNELS: Mapping[str, int] = {
    "ADD": 160,
    "AVERAGE_POOL_2D": 400,
    "CONV_2D": 1640,
    _POINTWISE: 730,
    "DEPTHWISE_CONV_2D": 810,
    "FULLY_CONNECTED": 870,
    "HARD_SWISH": 400,
    "LOGISTIC": 320,
    "MAX_POOL_2D": 260,
    "MEAN": 350,
    "MUL": 260,
    "SOFTMAX": 440,
    "SUB": 300,
    "TANH": 320,
}
_ANY_OTHER = 200
NETWORK = "network and kernels"  # all code of a compiled network
_CALL = 64  # an operator's sizes, offsets and the call itself
_START = 200  # entry, copying wrapper, requantization that all kernels share
_BAND = (0.5, 2.0)  # of what is estimated

_PER_CHANNEL = ("CONV_2D", "DEPTHWISE_CONV_2D")
_WEIGHTS = 1  # their place among a layer's inputs
_MAIN = 0  # the only subgraph with operators that are generated
_REQUANTIZATION = 8  # a multiplier and a shift


def plain_c_flash(graph: Graph, board: Board, firmware: Firmware | None = None, *, for_size: bool = False) -> MemoryUse:
    """What a model takes of the board's flash as plain C; weights are exact, everything else is estimated.

    Made ``for_size``, weights of many zeros or few values are stored in less.
    """
    estimated = (
        MemoryPart("entry and shared code", PartKind.CODE, _START, exact=False),
        *_kernels(graph.main),
        MemoryPart("calls of the kernels", PartKind.CODE, _CALL * len(graph.main.operators), exact=False),
        MemoryPart("requantization constants", PartKind.MODEL, _requantization(graph.main), exact=False),
    )
    total = sum(part.bytes for part in estimated)
    return on_board(
        board,
        firmware,
        (*estimated, *_weights(graph.main, for_size=for_size)),
        band=(round(total * (_BAND[0] - 1)), round(total * (_BAND[1] - 1))),
        note="code estimated from kernels compiled at -O2; there is no model file",
    )


def compiled_flash(graph: Graph, board: Board, compiled: Compiled, firmware: Firmware | None = None) -> MemoryUse:
    """What a network that was compiled takes of the board's flash; only the vector table is not known exactly."""
    operators = graph.main.operators
    weights = (
        MemoryPart(f"{operator} {operators[operator].name} weights", PartKind.WEIGHTS, size, operator=(_MAIN, operator))
        for operator, size in sorted(compiled.weights.items())
    )
    return on_board(
        board,
        firmware,
        (
            MemoryPart(NETWORK, PartKind.CODE, compiled.code),
            *weights,
            MemoryPart("sizes, tables and names", PartKind.MODEL, compiled.constants),
        ),
        band=(0, 0),
        note=f"compiled by {compiled.compiler}, for {compiled.option}",
    )


def _kernels(subgraph: Subgraph) -> Iterator[MemoryPart]:
    """One part for each kernel that some operator needs."""
    calls = (Call(operator, subgraph) for operator in subgraph.operators)
    for name in dict.fromkeys(kernel_name(call) for call in calls if has_code(call)):
        yield MemoryPart(f"{name} kernel", PartKind.CODE, _KERNELS.get(name, _ANY_OTHER), exact=False)


def kernel_name(call: Call) -> str:
    """What the kernel of an operator is called: its operator, and the case where there is one of its own for that."""
    name = call.operator.name
    return _POINTWISE if name == "CONV_2D" and call.input(_WEIGHTS).shape[1:3] == (1, 1) else name


def _requantization(subgraph: Subgraph) -> int:
    """Bytes of multipliers and shifts: one pair a channel of a convolution, one an operator elsewhere."""
    return sum(_REQUANTIZATION * _channels(Call(operator, subgraph)) for operator in subgraph.operators)


def _channels(call: Call) -> int:
    if not has_code(call):
        return 0
    return call.output.shape[-1] if call.operator.name in _PER_CHANNEL else 1


def _weights(subgraph: Subgraph, *, for_size: bool) -> Iterator[MemoryPart]:
    """Every stored tensor that a kernel reads, once where tensors share a buffer.

    Shapes, axes and paddings are part of the code by then.
    """
    seen: set[int] = set()
    for operator in subgraph.operators:
        for place, index in enumerate(_read(operator, subgraph)):
            tensor = subgraph.tensors[index]
            if tensor.data is not None and tensor.buffer not in seen:
                seen.add(tensor.buffer)
                coded = for_size and place == _WEIGHTS and operator.name in CODED
                weights = layer_weights(tensor) if coded else None
                coding = None if weights is None else weight_coding(weights)
                name = tensor.name if coding is None else f"{tensor.name} ({coding.in_words})"
                size = len(tensor.data) if coding is None else coding.bytes
                yield MemoryPart(name, PartKind.WEIGHTS, size, operator=(_MAIN, operator.index))


def _read(operator: Operator, subgraph: Subgraph) -> tuple[int, ...]:
    """The tensors whose values a kernel reads while it runs."""
    if operator.name in FOLLOW_VALUES or not has_code(Call(operator, subgraph)):
        return ()
    return tuple(index for index in operator.inputs if index >= 0)
