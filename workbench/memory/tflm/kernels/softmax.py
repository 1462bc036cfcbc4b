"""SOFTMAX and LOG_SOFTMAX."""

from __future__ import annotations

from workbench.memory.tflm.node import Kernel, Node, look_at, nothing

# SoftmaxParams of kernels/internal/types.h, and CMSISNNSoftmaxParams of cmsis_nn/softmax.cc around it.
_PARAMS = "d ii ii i ii p pp pp"
_CMSIS_PARAMS = "{" + _PARAMS + "} ii"

# softmax_common.cc: two tables of 513 int16 for int16 input.
_TABLE_BYTES = 2 * 513


def _init(node: Node) -> None:
    node.data(_CMSIS_PARAMS if node.kernels.cmsis_nn else _PARAMS)


def _prepare(node: Node) -> None:
    look_at(1)(node)
    if node.input(0).dtype == "int16":
        node.persistent(_TABLE_BYTES)
        node.persistent(_TABLE_BYTES)


SOFTMAX = Kernel("softmax_common.cc, cmsis_nn/softmax.cc", _init, _prepare, options="i")


def _log_softmax(node: Node) -> None:
    look_at(1)(node)
    if node.input(0).dtype == "int8":
        node.data("ii ii i pp")


LOG_SOFTMAX = Kernel("log_softmax.cc", nothing, _log_softmax)
