"""FULLY_CONNECTED."""

from __future__ import annotations

from workbench.memory.tflm.kernels.convolution import check_types
from workbench.memory.tflm.node import Kernel, Node

# OpDataFullyConnected of fully_connected.h; CMSIS-NN's kernel puts its own fields behind it.
_OP_DATA = "ii ii i iii i pp b 2c"
_CMSIS_OP_DATA = "{" + _OP_DATA + "} ii p iii"

_INT32 = 4


def _init(node: Node) -> None:
    node.data(_CMSIS_OP_DATA if node.kernels.cmsis_nn else _OP_DATA)


def _prepare(node: Node) -> None:
    source, weights, output = node.input(0), node.input(1), node.output()
    check_types(node, source, weights)
    node.temporary(source, weights, node.optional_input(2), output)
    if not node.kernels.cmsis_nn and weights.dtype == "int4":
        node.scratch(weights.elements)  # unpacked to a byte each
    per_channel = weights.quantization is not None and weights.quantization.per_channel
    if source.dtype != "float32" and per_channel and weights.quantization is not None:
        # CalculateOpDataFullyConnected: multiplier and shift of each output.
        node.persistent(len(weights.quantization.scales) * _INT32)
        node.persistent(len(weights.quantization.scales) * _INT32)
    if node.kernels.cmsis_nn and source.dtype == "int8" and weights.dtype == "int8":
        _prepare_cmsis_nn(node, per_channel)


def _prepare_cmsis_nn(node: Node, per_channel: bool) -> None:
    """int8 in cmsis_nn/fully_connected.cc, built for speed."""
    weights, output = node.input(1), node.output()
    depth, outputs = node.dimension(weights, -1), node.dimension(output, -1)
    if len(output.shape) > 2 and depth % 4 == 0:
        # Runs as a 1x1 convolution, which wants its multipliers per channel.
        if not per_channel:
            node.scratch(outputs * _INT32 * 2)
        return
    if node.kernels.mve:
        # arm_fully_connected_s8_get_buffer_size: sums of the weights, kept when the weights are constant.
        bias = node.optional_input(2)
        constant = weights.is_constant and (bias is None or bias.is_constant)
        (node.persistent if constant else node.scratch)(outputs * _INT32)


FULLY_CONNECTED = Kernel(
    "fully_connected.cc, fully_connected_common.cc, cmsis_nn/fully_connected.cc", _init, _prepare, options="ee bb e"
)
