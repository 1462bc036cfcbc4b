"""Operators that move, pick or repeat elements without computing with them."""

from __future__ import annotations

from workbench.graph.model import Tensor
from workbench.memory.tflm.node import INT, Kernel, Node, look_at, nothing, struct


def own_dimensions(node: Node, tensor: Tensor) -> None:
    """CreateWritableTensorDimsWithCopy of kernel_util.cc: a shape that the kernel may change."""
    node.persistent(INT + INT * len(tensor.shape))


def _look_and_own_dimensions(node: Node) -> None:
    node.temporary_inputs(*range(len(node.operator.inputs)))
    node.temporary_output()
    own_dimensions(node, node.output())


def _look_at_all(node: Node) -> None:
    node.temporary_inputs(*range(len(node.operator.inputs)))
    for place in range(len(node.operator.outputs)):
        node.temporary_output(place)


def _mirror_pad(node: Node) -> None:
    look_at(2)(node)
    rank = len(node.output().shape)
    node.scratch(rank * INT)
    node.scratch(rank * INT)


RESHAPE = Kernel("reshape_common.cc", nothing, look_at(1), options="8i i")
SQUEEZE = Kernel("squeeze.cc", nothing, look_at(1), options="8i i")
EXPAND_DIMS = Kernel("expand_dims.cc", nothing, look_at(2))
PAD = Kernel("pad_common.cc, cmsis_nn/pad.cc", struct("{b 5i b 5i b} i"), look_at(3))
MIRROR_PAD = Kernel("mirror_pad.cc", struct("ii i ii"), _mirror_pad, options="e")
STRIDED_SLICE = Kernel("strided_slice_common.cc", struct("b 5i b 5i b 5i hhhhh b"), look_at(4), options="iiiii b")
SLICE = Kernel("slice.cc", nothing, look_at(3))
DYNAMIC_UPDATE_SLICE = Kernel("dynamic_update_slice.cc", nothing, look_at(3))
TRANSPOSE = Kernel("transpose_common.cc, cmsis_nn/transpose.cc", nothing, look_at(2))
REVERSE_V2 = Kernel("reverse.cc", nothing, look_at(2))
# OpData of concatenation.cc: ConcatenationParams, and with compression a scratch buffer for each of ten inputs.
CONCATENATION = Kernel("concatenation.cc", struct("{i pp i i i} 10c"), _look_at_all, options="ie")
PACK = Kernel("pack.cc", nothing, nothing, options="ii")
UNPACK = Kernel("unpack.cc", nothing, nothing, options="ii")
SPLIT = Kernel("split.cc, split_v.cc", nothing, look_at(1, outputs=0), options="i")
GATHER = Kernel("gather.cc", nothing, _look_and_own_dimensions, options="ii")
GATHER_ND = Kernel("gather_nd.cc", nothing, _look_and_own_dimensions)
SPACE_AND_DEPTH = Kernel("space_to_depth.cc, depth_to_space_common.cc", nothing, _look_and_own_dimensions, options="i")
SPACE_TO_BATCH_ND = Kernel("space_to_batch_nd_common.cc", struct("i"), look_at(1))
BATCH_TO_SPACE_ND = Kernel("batch_to_space_nd_common.cc", nothing, look_at(1))
BROADCAST = Kernel("broadcast_to.cc, broadcast_args.cc, fill.cc, zeros_like.cc", nothing, look_at(1))
RESIZE = Kernel("resize_nearest_neighbor.cc, resize_bilinear.cc", nothing, look_at(2), options="bb")
SHAPE = Kernel("shape.cc", nothing, look_at(1), options="e")
SELECT_V2 = Kernel("select.cc", struct("b"), look_at(3))


def _embedding_lookup(node: Node) -> None:
    look_at(2)(node)
    own_dimensions(node, node.output())


EMBEDDING_LOOKUP = Kernel("embedding_lookup.cc", struct("i p"), _embedding_lookup)
