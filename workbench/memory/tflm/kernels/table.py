"""Which rule holds for which operator."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.memory.tflm.kernels import arithmetic, convolution, fully_connected, pooling, shape, softmax
from workbench.memory.tflm.node import Kernel

KERNELS: Mapping[str, Kernel] = {
    "ADD": arithmetic.ADD,
    "AVERAGE_POOL_2D": pooling.AVERAGE_POOL_2D,
    "CONV_2D": convolution.CONV_2D,
    "DEPTHWISE_CONV_2D": convolution.DEPTHWISE_CONV_2D,
    "FULLY_CONNECTED": fully_connected.FULLY_CONNECTED,
    "MAX_POOL_2D": pooling.MAX_POOL_2D,
    "RESHAPE": shape.RESHAPE,
    "SOFTMAX": softmax.SOFTMAX,
}
