"""CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV.

The scratch sizes are those of CMSIS-NN's Source/ConvolutionFunctions/arm_*_get_buffer_sizes_*.c.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import NotSupported
from workbench.graph.model import Tensor
from workbench.memory.tflm.node import Kernel, Node

# OpDataConv of conv.h.
_OP_DATA = "4i iii ii pp ii i 2c"
_CMSIS_OP_DATA = "{" + _OP_DATA + "} i"
# OpData of transpose_conv.cc, which begins with ConvParams of kernels/internal/types.h, and CMSIS-NN's.
_TRANSPOSE_OP_DATA = "{b {4h} hhhh iii ii ii ii} ii pp 2c"
_CMSIS_TRANSPOSE_OP_DATA = "{b {4h} hhhh iii ii ii ii} iii pp 2c"

_INT32 = 4
_INT64 = 8


def _init(node: Node) -> None:
    node.data(_CMSIS_OP_DATA if node.kernels.cmsis_nn else _OP_DATA)


def _per_channel(node: Node, channels: int) -> None:
    """Multiplier and shift of each output channel."""
    node.persistent(channels * _INT32)
    node.persistent(channels * _INT32)


def _look_again(node: Node) -> None:
    """CalculateOpDataConv opens the tensors a second time."""
    node.temporary_inputs(0, 1, 2)
    node.temporary_output()


def _prepare(node: Node, channel_axis: int) -> None:
    source, weights, output = node.input(0), node.input(1), node.output()
    channels = node.dimension(weights, channel_axis)
    check_types(node, source, weights)
    if node.kernels.cmsis_nn:
        node.temporary(source, weights, output)
        if source.dtype != "float32":
            _per_channel(node, channels)
    else:
        node.temporary(output, source, weights)
        _per_channel(node, channels)
        if weights.dtype == "int4":
            node.scratch(weights.elements)  # unpacked to a byte each
    _look_again(node)


def check_types(node: Node, source: Tensor, weights: Tensor) -> None:
    """Raise NotSupported for a mix of element types TFLM refuses."""
    allowed: Mapping[str, tuple[str, ...]] = {"float32": ("float32",), "int16": ("int8",), "int8": ("int8", "int4")}
    if weights.dtype not in allowed.get(source.dtype, ()):
        raise NotSupported(
            f"TensorFlow Lite Micro has no {node.operator.name} with {source.dtype} input and {weights.dtype} weights.",
            where=node.where,
            to_do="Convert the model to int8 (or float32) throughout; weights alone cannot be quantized.",
        )


def _convolution(node: Node) -> None:
    _prepare(node, channel_axis=0)
    if node.kernels.cmsis_nn:
        size = _convolution_scratch(node)
        if size > 0:
            node.scratch(size)


def _convolution_scratch(node: Node) -> int:
    """arm_convolve_wrapper_{s8,s4,s16}_get_buffer_size."""
    source, weights = node.input(0), node.input(1)
    if source.dtype == "float32":
        return 0
    channels = node.dimension(source, 3)
    height, width = node.dimension(weights, 1), node.dimension(weights, 2)
    columns = height * width * channels
    undilated = node.option("dilation_w_factor", 1) == 1 and node.option("dilation_h_factor", 1) == 1
    if source.dtype == "int16":
        return 4 * -(-columns // 8) * 8 * 2 if node.kernels.mve else 2 * columns * 2
    if height == width == 1 and undilated and paddings(node) == (0, 0):
        return 0
    if weights.dtype == "int4":
        return 2 * columns * 2
    if not node.kernels.mve:
        return 2 * -(-columns // 4) * 4 * 2
    return _convolution_scratch_mve(node, columns)


def _convolution_scratch_mve(node: Node, columns: int) -> int:
    """arm_convolve_s8_get_buffer_size_mve and, for one row, arm_convolve_1_x_n_s8_get_buffer_size_mve."""
    general = 4 * -(-columns // 16) * 16
    source, weights, output = node.input(0), node.input(1), node.output()
    channels, width = node.dimension(source, 3), node.dimension(source, 2)
    kernel, out_width = node.dimension(weights, 2), node.dimension(output, 2)
    stride, (_, pad) = node.option("stride_w", 1), paddings(node)
    one_row = (
        node.dimension(source, 1) == 1
        and node.dimension(weights, 1) == 1
        and node.option("dilation_w_factor", 1) == 1
        and (stride * channels) % 4 == 0
        and channels == node.dimension(weights, 3)
    )
    if not one_row:
        return general
    asymmetric = ((out_width - 1) * stride + kernel - width) % 2
    right = max(1, (pad + asymmetric + stride - 1) // stride) if pad + asymmetric else 0
    left = max(1, (pad + stride - 1) // stride) if pad else 0
    if right + max(out_width - right - left, 0) + left != out_width:
        return general
    left_bytes = pad * channels
    right_bytes = right * channels if asymmetric else left_bytes
    return max(kernel * channels + left_bytes, (kernel - 1) * channels + right_bytes)


def paddings(node: Node) -> tuple[int, int]:
    """(rows, columns) of padding before the first element, as padding.h of tflite-micro computes them."""
    if node.option("padding") != "SAME":
        return 0, 0
    source, weights, output = node.input(0), node.input(1), node.output()
    found = []
    for axis, letter in ((1, "h"), (2, "w")):
        dilation = max(1, node.option(f"dilation_{letter}_factor", 1))
        reach = (node.dimension(weights, axis) - 1) * dilation + 1
        stride = node.option(f"stride_{letter}", 1)
        total = (node.dimension(output, axis) - 1) * stride + reach - node.dimension(source, axis)
        found.append(max(0, total) // 2)
    return found[0], found[1]


def _depthwise(node: Node) -> None:
    _prepare(node, channel_axis=3)
    if node.kernels.cmsis_nn and node.input(0).dtype == "int8":
        size = _depthwise_scratch(node)
        if size > 0:
            node.scratch(size)


def _depthwise_scratch(node: Node) -> int:
    """arm_depthwise_conv_wrapper_{s8,s4}_get_buffer_size; TFLM asks for none with int16 activations."""
    source, weights, output = node.input(0), node.input(1), node.output()
    height, width = node.dimension(weights, 1), node.dimension(weights, 2)
    channels = node.dimension(source, 3)
    undilated = node.option("dilation_w_factor", 1) == 1 and node.option("dilation_h_factor", 1) == 1
    if channels != node.dimension(output, 3) or node.dimension(source, 0) != 1 or not undilated:
        return 0
    if weights.dtype == "int4":
        return channels * height * width * 2
    if node.kernels.mve:
        return 4 * 124 * height * width  # CH_IN_BLOCK_MVE of arm_nnsupportfunctions.h
    if height == width == 3 and max(paddings(node)) <= 1:
        return 0
    return channels * height * width * 2 if node.kernels.dsp else 0


def _transpose_init(node: Node) -> None:
    node.data(_CMSIS_TRANSPOSE_OP_DATA if node.kernels.cmsis_nn else _TRANSPOSE_OP_DATA)


def _transpose(node: Node) -> None:
    weights, source, output = node.input(1), node.input(2), node.output()
    bias = node.optional_input(3)
    check_types(node, source, weights)
    node.temporary(output, source, weights)
    _per_channel(node, node.dimension(weights, 0))
    if source.dtype == "int8":
        for size in _transpose_scratch_cmsis_nn(node) if node.kernels.cmsis_nn else (output.elements * _INT32,):
            node.scratch(size)
    elif source.dtype == "int16":
        node.scratch(output.elements * _INT64)
    if source.dtype != "float32":
        node.temporary(source, weights, bias, output)
        if source.dtype == "int16" and bias is not None and bias.dtype == "int16":
            node.scratch(bias.elements * _INT64)


def _transpose_scratch_cmsis_nn(node: Node) -> tuple[int, int]:
    """arm_transpose_conv_s8_get_buffer_size and arm_transpose_conv_s8_get_reverse_conv_buffer_size."""
    weights, source, output = node.input(1), node.input(2), node.output()
    outputs, height, width = (node.dimension(weights, axis) for axis in range(3))
    channels = node.dimension(source, 3)
    stride_h, stride_w = node.option("stride_h", 1), node.option("stride_w", 1)
    # Run as a convolution of a spread input, when that pays (REVERSE_TCOL_EFFICIENT_THRESHOLD).
    if max(stride_h, stride_w) <= 2 and channels > 16:
        columns = height * width * channels
        general = 4 * -(-columns // 16) * 16 if node.kernels.mve else 2 * -(-columns // 4) * 4 * 2
        return general, columns * outputs
    across = ((node.dimension(source, 2) - 1) * stride_w + max(width, stride_h)) * node.dimension(output, 3)
    return across * max(height, stride_h) * _INT32, 0


CONV_2D = Kernel("conv_common.cc, cmsis_nn/conv.cc", _init, _convolution, options="eii e ii e")
DEPTHWISE_CONV_2D = Kernel("depthwise_conv_common.cc, cmsis_nn/depthwise_conv.cc", _init, _depthwise, "eiii e ii")
TRANSPOSE_CONV = Kernel("transpose_conv.cc, cmsis_nn/transpose_conv.cc", _transpose_init, _transpose, "eii ee")
