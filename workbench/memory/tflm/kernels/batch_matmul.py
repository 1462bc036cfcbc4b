"""BATCH_MATMUL."""

from __future__ import annotations

from workbench.graph.model import Tensor
from workbench.memory.tflm.kernels.shape import own_dimensions
from workbench.memory.tflm.node import INT, Kernel, Node

# OpDataBatchMatmul of batch_matmul.h, its quantization, and OpData of cmsis_nn/batch_matmul.cc around it.
_OP_DATA = "ppp bbb"
_CMSIS_OP_DATA = "{" + _OP_DATA + "} 4i i"
_QUANTIZATION = "i i ii iii"
_EVAL_TENSOR = "ppe"


def _init(node: Node) -> None:
    node.data(_CMSIS_OP_DATA if node.kernels.cmsis_nn else _OP_DATA)


def _transposed(node: Node, tensor: Tensor) -> None:
    """AllocInitTransposeTensorFromTfLiteTensor: a transposed copy, kept."""
    node.data(_EVAL_TENSOR)
    node.persistent(INT + INT * len(tensor.shape))
    node.persistent(tensor.bytes)


def _prepare(node: Node) -> None:
    left, right, output = node.input(0), node.input(1), node.output()
    node.temporary(left, right, output)
    quantized = left.dtype in {"int8", "int16"}
    if quantized and not node.kernels.cmsis_nn:
        node.data(_QUANTIZATION)
    if node.option("adj_x", False):
        _transposed(node, left)
    if not node.option("adj_y", False):
        _transposed(node, right)
    own_dimensions(node, output)
    if quantized and node.kernels.cmsis_nn:
        node.data(_QUANTIZATION)
        if left.dtype == "int8" and node.kernels.mve:
            node.scratch(node.dimension(output, -1) * INT)  # arm_fully_connected_s8_get_buffer_size


BATCH_MATMUL = Kernel("batch_matmul.cc, cmsis_nn/batch_matmul.cc", _init, _prepare, options="bbb")
