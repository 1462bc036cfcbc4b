"""TFLM_DECODE: weights that lie compressed in flash and are unpacked into the arena before they are used.

Inputs come in pairs, compressed values and what describes them (the ancillary tensor); each pair makes an output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.errors import NotSupported
from workbench.graph.model import Tensor
from workbench.memory.tflm.node import Kernel, Node, nothing

# DecodeState of decode_state.h: a table of virtual functions and two pointers, in front of each kind's own.
_STATE = "p pp"
_LOOKUP, _HUFFMAN, _PRUNED = 0, 1, 2  # Decode Common Metadata: the first byte of the ancillary tensor


def _lookup(node: Node, _output: Tensor) -> None:
    """DecodeStateLut of decode_state_lut.h."""
    node.data(_STATE + "p ppp p bbb")


def _huffman(node: Node, _output: Tensor) -> None:
    """DecodeStateHuffman of decode_state_huffman.h."""
    node.data(_STATE + "p p p bb")


def _pruned(node: Node, output: Tensor) -> None:
    """DecodeStatePrune of decode_state_prune.h, and a zero point a channel unless all are zero."""
    node.data(_STATE + "p ppp p p bb")
    quantization = output.quantization
    if quantization and quantization.per_channel and any(quantization.zero_points):
        node.persistent(len(quantization.scales))


_KINDS: Mapping[int, Callable[[Node, Tensor], None]] = {_LOOKUP: _lookup, _HUFFMAN: _huffman, _PRUNED: _pruned}


def _decode(node: Node) -> None:
    outputs = len(node.operator.outputs)
    if not outputs or len(node.operator.inputs) != 2 * outputs:
        raise NotSupported(f"{node.operator.name} needs two inputs for each output.", where=node.where)
    node.persistent(outputs * node.abi.pointer)
    for place in range(outputs):
        source, ancillary, output = node.input(2 * place), node.input(2 * place + 1), node.output(place)
        node.temporary(source, ancillary, output)
        keep = _KINDS.get(ancillary.data[0]) if ancillary.data else None
        if keep is None:
            raise NotSupported(
                "The model's weights are compressed in a way of its maker's own.",
                where=node.where,
                to_do="Nobody but the maker of that decoder can tell what memory it takes.",
            )
        keep(node, output)


DECODE = Kernel("decode.cc, decode_state*.cc", nothing, _decode)
