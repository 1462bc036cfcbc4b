"""AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D."""

from __future__ import annotations

from workbench.memory.tflm.kernels.shape import own_dimensions
from workbench.memory.tflm.node import Kernel, Node, look_at, nothing

# OpDataPooling of pooling.h, and OpData of cmsis_nn/pooling.cc around it; TfLitePoolParams of builtin_op_data.h.
_OP_DATA = "4i ii ii"
_CMSIS_OP_DATA = "{" + _OP_DATA + "} i"
_OPTIONS = "e iiii e {4i}"

_INT32 = 4


def _init(node: Node) -> None:
    node.data(_CMSIS_OP_DATA if node.kernels.cmsis_nn else _OP_DATA)


def _average(node: Node) -> None:
    _look(node)
    if not node.kernels.cmsis_nn:
        return
    _look(node)  # AveragePrepare opens both again
    source = node.input(0)
    # arm_avgpool_{s8,s16}_get_buffer_size: a 32-bit sum a channel.
    if source.dtype in {"int8", "int16"} and node.kernels.dsp and not node.kernels.mve:
        node.scratch(node.dimension(source, 3) * _INT32)


def _l2(node: Node) -> None:
    _look(node)
    own_dimensions(node, node.output())


_look = look_at(1)

AVERAGE_POOL_2D = Kernel("pooling_common.cc, cmsis_nn/pooling.cc", _init, _average, _OPTIONS)
MAX_POOL_2D = Kernel("pooling_common.cc, cmsis_nn/pooling.cc", _init, look_at(1), _OPTIONS)
L2_POOL_2D = Kernel("l2_pool_2d.cc", nothing, _l2, _OPTIONS)
